import type { Instant } from '../base/clock.ts';
import type { ContactId, EmailAddress, RowId, UpdateId } from '../base/ids.ts';
import type { AudienceSettings } from '../settings/settings.ts';
import type { CivicrmAsk, MailchimpAsk, Row, UpdateKind, Word } from '../store/entities.ts';
import type { WordOrder } from './words.ts';

/** What a decision is made by, beside the cluster. */
export interface DecisionRules {
  readonly settings: AudienceSettings;
  readonly order: WordOrder;
  /** A run with data, or a profile webhook: names are compared too. */
  readonly withData: boolean;
  /** Each service's own time now, for words said by an override. */
  readonly now: { readonly mailchimp: Instant; readonly civicrm: Instant };
}

/** An update as decided: not yet written, not yet sent. */
export type DecidedUpdate = DecidedMailchimpUpdate | DecidedCivicrmUpdate;

interface Decided {
  readonly kind: UpdateKind;
  readonly contactId: ContactId | null;
  readonly rowId: RowId;
  readonly origin: Readonly<Record<string, Word>>;
  readonly reason: string;
  readonly unclear: boolean;
}

export interface DecidedMailchimpUpdate extends Decided {
  readonly side: 'mailchimp';
  readonly ask: MailchimpAsk;
  readonly key: string;
  readonly email: EmailAddress;
  readonly isNew: boolean;
}

export interface DecidedCivicrmUpdate extends Decided {
  readonly side: 'civicrm';
  readonly contactId: ContactId;
  readonly ask: CivicrmAsk;
}

/** A cluster decided, as data: nothing has been done. */
export interface Decision {
  /** Every row of the cluster as it is to be kept, changed or not. */
  readonly rows: readonly Row[];
  /** Waiting updates that this decision replaces [supersede]. */
  readonly superseded: readonly UpdateId[];
  readonly updates: readonly DecidedUpdate[];
  /** Rows to be made for addresses that are to be subscribed instead of others. */
  readonly newRows: readonly { readonly contactId: ContactId; readonly email: EmailAddress }[];
}
