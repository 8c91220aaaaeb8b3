/** Rows of what belongs to a contact beside its addresses for mail, groups and tags (rows.ts says how columns are kept). */
export interface PhoneRow {
  readonly id: number;
  readonly contact_id: number | null;
  readonly location_type_id: number | null;
  readonly is_primary: boolean;
  readonly is_billing: boolean;
  readonly phone: string | null;
  readonly phone_ext: string | null;
  readonly phone_numeric: string | null;
  readonly phone_type_id: number | null;
}

export interface AddressRow {
  readonly id: number;
  readonly contact_id: number | null;
  readonly location_type_id: number | null;
  readonly is_primary: boolean;
  readonly is_billing: boolean;
  readonly street_address: string | null;
  readonly supplemental_address_1: string | null;
  readonly supplemental_address_2: string | null;
  readonly city: string | null;
  readonly state_province_id: number | null;
  readonly postal_code: string | null;
  readonly country_id: number | null;
}

export interface MembershipRow {
  readonly id: number;
  readonly contact_id: number;
  readonly membership_type_id: number;
  readonly join_date: string | null;
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly status_id: number;
  readonly is_test: boolean;
}

export interface ContributionRow {
  readonly id: number;
  readonly contact_id: number;
  readonly financial_type_id: number;
  /** DATETIME: in the site's zone. */
  readonly receive_date: string | null;
  readonly total_amount: number;
  readonly currency: string | null;
  readonly is_test: boolean;
  readonly contribution_status_id: number;
  readonly is_template: boolean;
}

/** A custom field of contacts. (CiviCRM has a table for each group of them; here definitions and values have one each.) */
export interface CustomFieldRow {
  readonly id: number;
  /** Name of the group. */
  readonly group_name: string;
  readonly name: string;
  readonly type: string;
  /** JSON: value → label; null for a field without options. */
  readonly options: string | null;
}

export interface CustomValueRow {
  readonly id: number;
  readonly entity_id: number;
  readonly custom_field_id: number;
  readonly value: string | number | boolean | null;
}
