import { DAY, HOUR, MINUTE, type Duration, type Instant } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import type { Api4, Api4Call } from './api4.ts';
import { bound, type SiteDates } from './dates.ts';
import { checkDated } from './rows.ts';

const SAMPLE = 3;
/** Where the latest dates do not fit, older ones are asked: the latest may lie in the hour that comes twice when clocks go back. */
const OLDER: Duration = 7 * DAY;
/** Zones are whole quarters of an hour from UTC, within this. */
const QUARTER: Duration = 15 * MINUTE;
const FURTHEST: Duration = 14 * HOUR;

/**
 * Measures the site's time zone: its dates carry no offset, but a bound with `Z` is honoured (facts/civicrm.md), so the
 * site itself says at which moment a row of its history was written. Throws `timezone_mismatch` when that is another
 * than the settings' zone makes of the date. A site without any history says nothing.
 */
export async function checkTimezone(api: Api4, dates: SiteDates, timezone: string, deadline: Duration, signal?: AbortSignal): Promise<void> {
  let row: Dated | undefined;
  for (const where of [[], [['date', '<=', bound(api.service.now() - OLDER)]]]) {
    const sample = await latest(api, dates, where, deadline, signal);
    if (sample.length === 0) break;
    const answers = await api.readMany(sample.map(({ id, at }) => writtenAt(id, at)), deadline, signal);
    if (answers.some((found) => found.length > 0)) return;
    row = sample[0];
  }
  if (!row || !(await isThere(api, row.id, deadline, signal))) return; // gone meanwhile, with a contact that was deleted for good
  throw new SyncError('timezone_mismatch', `CiviCRM's dates are not in ${timezone}: ${await distance(api, row.id, row.at, deadline, signal)} Set "civicrm.timezone" to the zone of the site; nothing was changed.`);
}

interface Dated {
  readonly id: number;
  /** The moment whose bound finds the row's date, if it is in the settings' zone. */
  readonly at: Instant;
}

async function latest(api: Api4, dates: SiteDates, where: readonly unknown[], deadline: Duration, signal?: AbortSignal): Promise<readonly Dated[]> {
  const call = { entity: 'SubscriptionHistory', action: 'get', params: { select: ['id', 'date'], where, orderBy: { id: 'DESC' }, limit: SAMPLE } };
  return (await api.read(call, deadline, signal)).map((each) => {
    const { id, date } = api.fitting(checkDated(each), call);
    const at = dates.found(date);
    if (at === null) throw new SyncError('civicrm_unexpected', 'SubscriptionHistory.get: a date that is not YYYY-MM-DD HH:MM:SS.');
    return { id: Number(id), at };
  });
}

async function isThere(api: Api4, id: number, deadline: Duration, signal?: AbortSignal): Promise<boolean> {
  const call = { entity: 'SubscriptionHistory', action: 'get', params: { select: ['id'], where: [['id', '=', id]], orderBy: { id: 'ASC' }, limit: 1 } };
  return (await api.read(call, deadline, signal)).length > 0;
}

/** Whether a history row was written at a moment, as the site sees it. */
const writtenAt = (id: number, at: Instant): Api4Call => ({
  entity: 'SubscriptionHistory',
  action: 'get',
  params: { select: ['id'], where: [['id', '=', id], ['date', '>=', bound(at)], ['date', '<=', bound(at)]], orderBy: { id: 'ASC' }, limit: 1 },
});

/** By how much the dates differ from the zone in the settings, for people. */
async function distance(api: Api4, id: number, at: Instant, deadline: Duration, signal?: AbortSignal): Promise<string> {
  const offsets = Array.from({ length: (2 * FURTHEST) / QUARTER + 1 }, (_, index) => index * QUARTER - FURTHEST);
  const answers = await api.readMany(offsets.map((offset) => writtenAt(id, at + offset)), deadline, signal);
  const offset = offsets.find((_, index) => (answers[index]?.length ?? 0) > 0);
  if (offset === undefined) return 'by how much they differ could not be told.';
  const hours = Math.abs(offset) / HOUR;
  return `a date there means a moment ${hours} hour${hours === 1 ? '' : 's'} ${offset > 0 ? 'later' : 'earlier'} than it would in that zone.`;
}
