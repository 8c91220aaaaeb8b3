import type { AudienceSettings } from '../settings/settings.ts';
import { LIMITED_KINDS, type HoldReason, type LimitedKind, type PeopleByKind, type UpdateKind } from '../store/entities.ts';

/** How many people there are on each side. */
export interface Sides {
  /** Subscribed, as the cache knows them. */
  readonly mailchimp: number;
  /** Added to the subscription group. */
  readonly civicrm: number;
}

/** So few people on one side may be wrong where the other is empty: nobody need be asked for them. */
const HANDFUL = 5;

/** How many people may be changed in 24 hours in one way: the larger of a number, and of a share of the larger side. */
export const limitOf = ({ people, percent }: AudienceSettings['limits'], { mailchimp, civicrm }: Sides): number =>
  Math.max(people, Math.floor((percent * Math.max(mailchimp, civicrm)) / 100));

/** What a plan is judged by. */
export interface Judged {
  /** Updates of the plan by kind; others are no matter of this plan. */
  readonly kinds: Readonly<Partial<Record<UpdateKind, number>>>;
  /** Everybody changed in 24 hours, with those of the plan. */
  readonly people: PeopleByKind;
  readonly sides: Sides;
  /** As the sides were after the last run that was applied; null: there was none. */
  readonly before: Sides | null;
  /** Members missing from a full fetch that were not asked for one by one. */
  readonly missing: number;
}

/** The kinds of a plan that are limited. */
export const limitedKinds = (kinds: Judged['kinds']): readonly LimitedKind[] => LIMITED_KINDS.filter((kind) => (kinds[kind] ?? 0) > 0);

/** The brake (algorithm.md): why a plan must not be applied without somebody's approval; empty: it may be. */
export function judgePlan({ kinds, people, sides, before, missing }: Judged, limits: AudienceSettings['limits']): readonly HoldReason[] {
  const planned = limitedKinds(kinds);
  if (planned.length === 0) return [];
  const limit = limitOf(limits, sides);
  return [
    ...planned.filter((kind) => people[kind] > limit).map((kind): HoldReason => ({ kind: 'limit', of: kind, people: people[kind], limit })),
    ...(hasEmptied(sides.civicrm, before?.civicrm, sides.mailchimp) ? [{ kind: 'emptied', side: 'CiviCRM' } as const] : []),
    ...(hasEmptied(sides.mailchimp, before?.mailchimp, sides.civicrm) ? [{ kind: 'emptied', side: 'Mailchimp' } as const] : []),
    ...(missing > 0 ? [{ kind: 'missing', members: missing } as const] : []),
  ];
}

const hasEmptied = (now: number, before: number | undefined, other: number): boolean => now === 0 && (before ?? 0) > 0 && other > HANDFUL;
