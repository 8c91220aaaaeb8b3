import type { ContactId } from '../base/ids.ts';
import { fitColumn } from '../civicrm/column-text.ts';
import type { CivicrmAsk, MailchimpAsk, Row, RowMemory } from '../store/entities.ts';
import type { ClusterContact } from './cluster.ts';
import { NAME_DATA } from './data/datum.ts';
import { fitTextField } from './data/merge-field-format.ts';
import type { DecisionRules } from './decision.ts';

/** An edit of a contact that is not a group's. */
export interface ContactEdit {
  readonly contactId: ContactId;
  readonly ask: CivicrmAsk;
  readonly reason: string;
}

export interface NamesDecision {
  readonly ask: Pick<MailchimpAsk, 'firstName' | 'lastName'>;
  readonly civicrm: ContactEdit | undefined;
  readonly memory: Pick<RowMemory, 'names'>;
}

/** A longer name at Mailchimp is what CiviCRM's column holds of it (facts/civicrm.md). */
const NAME_COLUMN = 64;
const NAMES = ['firstName', 'lastName'] as const;
type Names = Partial<Record<(typeof NAMES)[number], string>>;

/** Whose names they are. */
type Named = Pick<ClusterContact, 'id' | 'contact'>;

/**
 * Names, three-way against those last agreed on: changed on one side → copy; changed on both → the later; never a blank
 * over a name. Only in runs with data; a new member gets its names in any case. A name that Mailchimp refused, or that
 * the audience has no merge field for, is not asked for.
 */
export function decideNames(row: Row, lead: Named, rules: DecisionRules): NamesDecision {
  const ask: Names = {};
  const edit: Names = {};
  const agreed: Names = { ...row.memory.names };
  const isNew = row.member === null;
  if (!rules.settings.data.names) return { ask, civicrm: undefined, memory: {} };
  for (const name of NAMES) {
    if (row.member?.missingNames?.includes(name)) continue; // whatever is sent to it, the member does not show it
    const there = row.member?.[name] ?? '';
    const here = lead.contact[name];
    const mayAsk = !isRefused(row, name, here);
    if (isNew) {
      if (!isBlank(here) && mayAsk) ask[name] = here;
    } else if (rules.withData) {
      if (isSame(there, here)) agreed[name] = there;
      else if (!civicrmWins(there, here, row, lead, agreed[name], rules)) edit[name] = there;
      else if (mayAsk) ask[name] = here;
    }
  }
  return {
    ask,
    civicrm: Object.keys(edit).length > 0 ? { contactId: lead.id, ask: { kind: 'names', ...edit }, reason: 'name changed at Mailchimp' } : undefined,
    memory: Object.keys(agreed).length > 0 ? { names: agreed } : {},
  };
}

const isRefused = (row: Row, name: keyof Names, value: string): boolean => row.memory.dataRefused?.[NAME_DATA[name]]?.value === value;

const isBlank = (name: string): boolean => name.trim() === '';

/** A name longer than CiviCRM's column or Mailchimp's field holds is not another one. */
const isSame = (there: string, here: string): boolean => there === here || fitColumn(there, NAME_COLUMN) === here || there === fitTextField(here) || (isBlank(there) && isBlank(here));

function civicrmWins(there: string, here: string, row: Row, lead: Named, agreed: string | undefined, rules: DecisionRules): boolean {
  if (isBlank(there) || isBlank(here)) return !isBlank(here);
  if (there === agreed) return true;
  if (here === agreed || (agreed !== undefined && isSame(agreed, here))) return false;
  const { modified } = lead.contact;
  const edited = row.member?.lastChanged ?? modified;
  return !rules.order.surelyLater({ since: edited, at: edited, source: 'mailchimp' }, { since: modified, at: modified, source: 'civicrm' });
}
