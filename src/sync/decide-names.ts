import type { ContactId } from '../base/ids.ts';
import { fitColumn } from '../civicrm/column-text.ts';
import type { CivicrmAsk, MailchimpAsk, Row, RowMemory } from '../store/entities.ts';
import type { ClusterContact } from './cluster.ts';
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

/**
 * Names, three-way against those last agreed on: changed on one side → copy; changed on both → the later; never a blank
 * over a name. Only in runs with data; a new member gets its names in any case.
 */
export function decideNames(row: Row, lead: ClusterContact, rules: DecisionRules): NamesDecision {
  const ask: Names = {};
  const edit: Names = {};
  const agreed: Names = { ...row.memory.names };
  const isNew = row.member === null;
  if (row.memory.dataRefused !== undefined) return { ask, civicrm: undefined, memory: {} }; // the status must not wait for them
  for (const name of NAMES) {
    const there = row.member?.[name] ?? '';
    const here = lead.contact[name];
    if (isNew) {
      if (here) ask[name] = here;
    } else if (rules.withData) {
      if (fitColumn(there, NAME_COLUMN) === here) agreed[name] = there;
      else if (civicrmWins(there, here, row, lead, agreed[name], rules)) ask[name] = here;
      else edit[name] = there;
    }
  }
  return {
    ask,
    civicrm: Object.keys(edit).length > 0 ? { contactId: lead.id, ask: { kind: 'names', ...edit }, reason: 'name changed at Mailchimp' } : undefined,
    memory: Object.keys(agreed).length > 0 ? { names: agreed } : {},
  };
}

function civicrmWins(there: string, here: string, row: Row, lead: ClusterContact, agreed: string | undefined, rules: DecisionRules): boolean {
  if (!there || !here) return here !== '';
  if (there === agreed) return true;
  if (here === agreed) return false;
  const { modified } = lead.contact;
  const edited = row.member?.lastChanged ?? modified;
  return !rules.order.surelyLater({ since: edited, at: edited, source: 'mailchimp' }, { since: modified, at: modified, source: 'civicrm' });
}
