import type { WorldOptions } from './world.ts';

/** What people and administrators do: `[act, person, which, number, audience]`, where `which` is one of the person's addresses or contacts. */
export const HUMAN_ACTS = [
  // at Mailchimp
  'subscribe', 'signUp', 'confirm', 'unsubscribe', 'profile', 'toggle', 'move', 'adminSubscribe', 'adminUnsubscribe', 'archive', 'deleteMember', 'clean',
  // in CiviCRM
  'newContact', 'add', 'remove', 'addInterest', 'removeInterest', 'rename', 'editEmail', 'deleteEmail', 'giveEmail', 'trash', 'restore', 'deleteContact', 'merge', 'optOut', 'mark', 'optIn', 'begin', 'commit', 'rollBack',
] as const;
export type HumanAct = (typeof HUMAN_ACTS)[number];

/**
 * What happens to the sync and between it and the services:
 * `tick` seconds · `hours` of waiting · `run` (1: full; then the audience), `batches`, `inbox`: a job begins · `step` effects of the job `which` ·
 * `finish`: all jobs run to their end · `crash` of the process `n` of those at work (1: unnoticed) · `deliver`, `double`, `lose` the webhook `n` · `execute` the operation `m` of the
 * batch `n` (1: 5xx and nothing done, 2: done, and 5xx all the same) · `executeAll` · `fault`: the next single write goes wrong so.
 */
export type Control = 'tick' | 'hours' | 'run' | 'batches' | 'inbox' | 'step' | 'finish' | 'crash' | 'deliver' | 'double' | 'lose' | 'execute' | 'executeAll' | 'fault';

export type Action = readonly [act: HumanAct | Control, ...numbers: number[]];

export interface HistoryOptions extends WorldOptions {
  /** Jobs run at the same time; else one begins when none is under way. */
  readonly atOnce: boolean;
  /** Processes on the same store, which take jobs in turn. */
  readonly processes: number;
  /** Runs with data: names are compared. */
  readonly withData: boolean;
  /** Seconds that the sync's own clock is wrong. */
  readonly ownClock: number;
}

/** A history as a list of plain actions: playing it needs no further chance, so one that fails can be shrunk by leaving actions out. */
export interface History {
  readonly options: HistoryOptions;
  readonly actions: readonly Action[];
}

/** Nothing special: what a fixed history begins from. */
export const PLAIN: HistoryOptions = {
  skew: 0,
  webhooks: true,
  echo: false,
  share: false,
  atOnce: false,
  processes: 1,
  submitSingly: 0,
  withData: true,
  ownClock: 0,
  audiences: 1,
  optOut: 'respect',
  onContactDeleted: 'unsubscribe',
  onRemove: 'unsubscribe',
  newMemberStatus: 'subscribed',
  addressFollows: 'owned',
  onAddressChange: 'rename',
};

const literal = (part: string | number | boolean): string => (typeof part === 'string' ? `'${part}'` : String(part));

/** A history as it can be pasted into `seeds.test.ts`. */
export function written({ options, actions }: History): string {
  const special = Object.entries(options).filter(([name, value]) => PLAIN[name as keyof HistoryOptions] !== value);
  const acts = actions.map((action) => `[${action.map(literal).join(', ')}]`);
  return `{ options: { ...PLAIN${special.map(([name, value]) => `, ${name}: ${literal(value)}`).join('')} }, actions: [${acts.join(', ')}] }`;
}
