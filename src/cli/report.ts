import type { Foretold } from './foretold.ts';
import type { Judgement } from './judge.ts';
import type { Look } from './look.ts';
import type { OnceResult } from './once.ts';
import type { UpdateCount } from './store-report.ts';
import { renderTable } from './text-table.ts';
import type { TextTable } from './text-table.ts';

/** What `--once` prints at its end. */
export const renderReport = (result: OnceResult, foretold: Foretold | null): string =>
  [
    peopleTable(result),
    differencesTable(result),
    updatesTable(result.updates),
    requestsTable(result.requests),
    ...(foretold === null || foretold.otherwise.size === 0 ? [] : [otherwiseTable(foretold)]),
  ]
    .map(renderTable)
    .join('\n') +
  `\n${result.rounds} ${result.rounds === 1 ? 'run' : 'runs'}, ${result.seconds.toFixed(1)} seconds\n`;

/** A last table that is there only when something is wrong. */
const otherwiseTable = ({ otherwise }: Foretold): TextTable => ({ title: 'People who are not as foretold', columns: ['', 'count'], rows: sorted(otherwise) });

type Row = readonly (string | number)[];

/** Names in the order in which they first appear, with their counts before and after; 0 where one is missing. */
const beforeAndAfter = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): readonly Row[] =>
  [...new Set([...before.keys(), ...after.keys()])].map((name) => [name, before.get(name) ?? 0, after.get(name) ?? 0]);

const peopleTable = ({ before, after }: OnceResult): TextTable => ({
  title: 'People by state',
  columns: ['', 'before', 'after'],
  rows: beforeAndAfter(peopleByState(before), peopleByState(after)),
});

const peopleByState = (looks: readonly Look[]): ReadonlyMap<string, number> => {
  const mailchimp = count(looks.flatMap(({ picture }) => picture.members.map(({ status }) => `Mailchimp ${status}`)));
  const civicrm = count(
    looks.flatMap(({ picture: { people, audience } }) =>
      people.map(({ groups, mayBeMailed }) => {
        const status = groups.get(audience.subscriptionGroup);
        return `CiviCRM ${status ?? 'not in the group'}${status === 'Added' && !mayBeMailed ? ', not to be mailed' : ''}`;
      }),
    ),
  );
  return new Map([...sorted(mailchimp), ...sorted(civicrm)]);
};

const differencesTable = ({ before, after }: OnceResult): TextTable => ({
  title: 'Differences',
  columns: ['', 'before', 'after'],
  rows: beforeAndAfter(differences(before), differences(after)),
});

const differences = (looks: readonly Look[]): ReadonlyMap<string, number> => {
  const all = new Map<string, number>();
  const add = (name: string, by: number): void => void all.set(name, (all.get(name) ?? 0) + by);
  for (const { judgement } of looks) {
    for (const [kind, found] of judgement.differences) add(kind, found);
    for (const [reason, found] of judgement.reported) add(`reported: ${reason}`, found);
  }
  return all;
};

const updatesTable = (updates: readonly UpdateCount[]): TextTable => {
  const outcomes = new Map<string, number>();
  for (const { side, kind, state, failReason, count: some } of updates) {
    const name = `${side === 'mailchimp' ? 'Mailchimp' : 'CiviCRM'} ${kind}: ${state}${failReason === null ? '' : ` (${failReason})`}`;
    outcomes.set(name, (outcomes.get(name) ?? 0) + some);
  }
  return { title: 'Updates by outcome', columns: ['', 'count'], rows: sorted(outcomes) };
};

const requestsTable = ({ mailchimp, civicrm }: OnceResult['requests']): TextTable => ({
  title: 'Requests by service',
  columns: ['', 'count'],
  rows: [...requestRows('Mailchimp', mailchimp), ...requestRows('CiviCRM', civicrm)],
});

const requestRows = (service: string, requests: ReadonlyMap<string, number>): readonly Row[] => [
  [`${service}, all`, [...requests.values()].reduce((sum, one) => sum + one, 0)],
  ...sorted(requests).map(([kind, sent]): Row => [`  ${kind}`, sent]),
];

const count = (names: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

const sorted = (counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] => [...counts].toSorted(([one], [other]) => one.localeCompare(other, 'en'));

/** The last lines: what it all comes to. `foretold` null: nothing was foretold. */
export const verdictText = (result: OnceResult, foretold: Foretold | null): string => {
  const { remarks, after, updates } = result;
  const open = total(after, ({ differences: left }) => left);
  const reported = total(after, ({ reported: given }) => given);
  return [
    ...remarks,
    ...(updates.length === 0 ? ['No update was sent to either side.'] : []),
    ...(foretold === null ? [] : [foretoldText(foretold)]),
    open === 0 && remarks.length === 0 ? `In step${reported === 0 ? '' : `, but for ${number(reported)} reported with a reason`}.` : `Not in step: ${number(open)} differences.`,
  ].join('\n');
};

const foretoldText = ({ people, otherwise }: Foretold): string => {
  const wrong = [...otherwise.values()].reduce((sum, one) => sum + one, 0);
  return wrong === 0 ? `All ${number(people)} people are as foretold.` : `${number(people - wrong)} of ${number(people)} people are as foretold.`;
};

const total = (looks: readonly Look[], of: (judgement: Judgement) => ReadonlyMap<string, number>): number =>
  looks.flatMap(({ judgement }) => [...of(judgement).values()]).reduce((sum, one) => sum + one, 0);

const number = (value: number): string => value.toLocaleString('en-US');
