/**
 * Rows of CiviCRM's tables, named as its columns are. `tinyint(1)` is a boolean; a TIMESTAMP is milliseconds UTC
 * in whole seconds (CiviCRM shows it in the site's zone); DATE and DATETIME are the text that the column holds.
 * Text columns hold what the database holds: `<` and `>` as `&lt;` and `&gt;`, addresses in lower case.
 */
export type ColumnValue = string | number | boolean | null;

export interface ContactRow {
  readonly id: number;
  readonly contact_type: string | null;
  readonly external_identifier: string | null;
  readonly display_name: string | null;
  readonly organization_name: string | null;
  readonly contact_sub_type: string | null;
  readonly first_name: string | null;
  readonly middle_name: string | null;
  readonly last_name: string | null;
  readonly do_not_email: boolean;
  readonly do_not_phone: boolean;
  readonly do_not_mail: boolean;
  readonly do_not_sms: boolean;
  readonly do_not_trade: boolean;
  readonly is_opt_out: boolean;
  readonly legal_identifier: string | null;
  readonly sort_name: string | null;
  readonly nick_name: string | null;
  readonly legal_name: string | null;
  readonly image_URL: string | null;
  readonly preferred_communication_method: string | null;
  readonly preferred_language: string | null;
  readonly hash: string | null;
  readonly api_key: string | null;
  readonly source: string | null;
  readonly prefix_id: number | null;
  readonly suffix_id: number | null;
  readonly formal_title: string | null;
  readonly communication_style_id: number | null;
  readonly email_greeting_id: number | null;
  readonly email_greeting_custom: string | null;
  readonly email_greeting_display: string | null;
  readonly postal_greeting_id: number | null;
  readonly postal_greeting_custom: string | null;
  readonly postal_greeting_display: string | null;
  readonly addressee_id: number | null;
  readonly addressee_custom: string | null;
  readonly addressee_display: string | null;
  readonly job_title: string | null;
  readonly gender_id: number | null;
  readonly birth_date: string | null;
  readonly is_deceased: boolean;
  readonly deceased_date: string | null;
  readonly household_name: string | null;
  readonly primary_contact_id: number | null;
  readonly sic_code: string | null;
  readonly user_unique_id: string | null;
  readonly employer_id: number | null;
  readonly is_deleted: boolean;
  readonly created_date: number | null;
  readonly modified_date: number | null;
  readonly preferred_mail_format: string | null;
}

export interface EmailRow {
  readonly id: number;
  readonly contact_id: number | null;
  readonly location_type_id: number | null;
  readonly email: string | null;
  readonly is_primary: boolean;
  readonly is_billing: boolean;
  /** 0 no, 1 bounce, 2 opt-out. */
  readonly on_hold: number;
  readonly is_bulkmail: boolean;
  readonly hold_date: string | null;
  readonly reset_date: string | null;
  readonly signature_text: string | null;
  readonly signature_html: string | null;
}

export interface GroupRow {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly description: string | null;
  readonly source: string | null;
  /** Set: a smart group, whose members follow from this search. */
  readonly saved_search_id: number | null;
  readonly is_active: boolean;
  readonly visibility: string | null;
  readonly where_clause: string | null;
  readonly select_tables: string | null;
  readonly where_tables: string | null;
  /** Option values between U+0001 characters, as CiviCRM packs lists: "2" is a mailing list, "1" access control. */
  readonly group_type: string | null;
  /** When the cache of a smart group's members was filled; null: it is to be filled anew. */
  readonly cache_date: number | null;
  readonly cache_fill_took: number | null;
  readonly refresh_date: number | null;
  /** Group ids, separated by commas. */
  readonly parents: string | null;
  readonly children: string | null;
  readonly is_hidden: boolean;
  readonly is_reserved: boolean;
  readonly created_id: number | null;
  readonly modified_id: number | null;
  readonly frontend_title: string;
  readonly frontend_description: string | null;
}

export interface GroupContactRow {
  readonly id: number;
  readonly group_id: number;
  readonly contact_id: number;
  readonly status: string | null;
  readonly location_id: number | null;
  readonly email_id: number | null;
}

/** Who is in a smart group, as of the group's `cache_date`. */
export interface GroupContactCacheRow {
  readonly id: number;
  readonly group_id: number;
  readonly contact_id: number;
}

/** A search for contacts, behind a smart group. */
export interface SavedSearchRow {
  readonly id: number;
  readonly name: string;
  readonly label: string;
  readonly api_entity: 'Contact';
  /** JSON of the parameters of its `get`: `{"version": 4, "select": ["id", …], "where": […]}`. */
  readonly api_params: string;
}

export interface SubscriptionHistoryRow {
  readonly id: number;
  readonly contact_id: number;
  /** Null: an opt-out from all mailings of the domain. */
  readonly group_id: number | null;
  readonly date: number;
  readonly method: string | null;
  readonly status: string | null;
  readonly tracking: string | null;
}

export interface TagRow {
  readonly id: number;
  readonly name: string;
  readonly label: string;
  readonly description: string | null;
  readonly parent_id: number | null;
  readonly is_selectable: boolean;
  readonly is_reserved: boolean;
  readonly is_tagset: boolean;
  readonly used_for: string | null;
  readonly created_id: number | null;
  readonly color: string | null;
  readonly created_date: string | null;
}

export interface EntityTagRow {
  readonly id: number;
  readonly entity_table: string | null;
  readonly entity_id: number;
  readonly tag_id: number;
}

/** What is left of a merge (CiviCRM keeps it as a pair of activities). */
export interface MergeRow {
  readonly id: number;
  /** The duplicate, which is in the trash (or gone for good). */
  readonly duplicate_id: number;
  /** The contact that was kept. */
  readonly main_id: number;
  readonly date: number;
}

export interface ActivityRow {
  readonly id: number;
  readonly activity_type_id: number;
  readonly subject: string | null;
  readonly details: string | null;
  readonly activity_date_time: string | null;
  readonly status_id: number | null;
  readonly source_contact_id: number | null;
  readonly target_contact_id: number | null;
}
