import type { HoldReason } from '../store/entities.ts';
import type { PlannedChange, PlanView } from '../sync/plan-view.ts';
import { renderTable } from './text-table.ts';
import type { TextTable } from './text-table.ts';

/** Plans for the terminal: figures, and the first people by the ids of their contacts. Addresses stay out of what may be logged. */
export const renderPlans = (plans: readonly PlanView[]): string => plans.flatMap((plan) => tablesOf(plan).map(renderTable)).join('\n');

const tablesOf = (plan: PlanView): readonly TextTable[] => [
  { title: `Plan of the audience ${plan.listId}${plan.dryRun ? ' (dry run)' : ', held for approval'}`, columns: ['', 'count'], rows: kindsOf(plan) },
  ...(plan.why.length === 0 ? [] : [{ title: plan.dryRun ? 'Why it would be held' : 'Why it is held', columns: ['', 'people', 'allowed'], rows: plan.why.map(whyOf) }]),
  { title: 'Reasons', columns: ['', 'count'], rows: sorted(Object.entries(plan.reasons)) },
  { title: `The first ${plan.changes.length} of ${plan.updates} changes`, columns: ['', 'CiviCRM contact'], rows: plan.changes.map(changeOf) },
];

type Row = TextTable['rows'][number];

const kindsOf = ({ kinds, unclear }: PlanView): readonly Row[] => [...sorted(Object.entries(kinds)), ['neither word surely later', unclear]];

const sorted = (counts: readonly (readonly [string, number])[]): readonly Row[] => counts.toSorted(([, one], [, other]) => other - one);

const whyOf = (why: HoldReason): Row => {
  switch (why.kind) {
    case 'limit':
      return [why.of, why.people, why.limit];
    case 'emptied':
      return [`${why.side} has become empty`, '', ''];
    case 'missing':
      return ['members missing at Mailchimp', why.members, ''];
  }
};

const changeOf = ({ kind, side, contactId, reason }: PlannedChange): Row => [`${side === 'civicrm' ? 'CiviCRM' : 'Mailchimp'} ${kind}: ${reason}`, contactId === null ? 'none yet' : String(contactId)];
