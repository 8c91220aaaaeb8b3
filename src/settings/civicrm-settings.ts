import { MINUTE } from '../base/clock.ts';
import type { Path } from './json.ts';
import { nearest, proposal } from './nearest.ts';
import type { Report } from './problems.ts';
import type { ResolvedCivicrm } from './schema.ts';
import type { CivicrmSettings } from './settings.ts';
import { baseUrl, checkDatabaseUrl } from './web-address.ts';

const CLEAN_PATH = '/civicrm/ajax/api4/';

/** Where APIv4 lives in each system that CiviCRM runs in (facts/civicrm.md, APIv4 REST). */
export const API_PATHS: Readonly<Record<string, string>> = {
  Standalone: CLEAN_PATH,
  Drupal: CLEAN_PATH,
  Backdrop: CLEAN_PATH,
  WordPress: CLEAN_PATH,
  'WordPress without clean URLs': '/?civiwp=CiviCRM&q=civicrm/ajax/api4/',
  Joomla: '/index.php?option=com_civicrm&task=civicrm/ajax/api4/',
};

/** How long a writer's transaction may stay open: an hour. */
export const DEFAULT_HISTORY_GAP_MINUTES = 60;

const apiPathOf = (written: string, path: Path, report: Report): string => {
  if (Object.hasOwn(API_PATHS, written)) return API_PATHS[written] ?? CLEAN_PATH;
  if (!written.startsWith('/')) {
    report(path, `expected a path that begins with "/", or the name of a system${proposal(written, Object.keys(API_PATHS))}`);
  } else if (/[#\s]/u.test(written)) {
    report(path, 'expected a path without spaces and "#"');
  }
  return written.endsWith('/') ? written : `${written}/`;
};

/** Is it a name of the IANA database? `Intl` takes offsets such as "+01:00" as well, which know no summer time. */
const isTimeZone = (name: string): boolean => {
  if (!/^[A-Za-z]/u.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

const timezoneOf = (written: string, path: Path, report: Report): string => {
  if (!isTimeZone(written)) {
    const near = nearest(written, Intl.supportedValuesOf('timeZone'));
    const help = near === null ? '; give the one that the CiviCRM site shows its dates in' : `; did you mean "${near}"?`;
    report(path, `"${written}" is not a time zone such as "Europe/London"${help}`);
  }
  return written;
};

const at = (name: string): Path => ['civicrm', name];

/** How CiviCRM is reached; null when the settings say nothing of it. */
export const civicrmOf = (written: ResolvedCivicrm | undefined, report: Report): CivicrmSettings | null => {
  if (written === undefined) return null;
  const access = written.access ?? 'api';
  if (written.apiKey === '') report(at('apiKey'), 'the key is empty');
  if (written.database !== undefined) checkDatabaseUrl(written.database, at('database'), report);
  else if (access === 'sql+api') report(at('database'), '"access" is "sql+api", so the address of CiviCRM\'s database is needed');
  return {
    url: baseUrl(written.url, at('url'), report),
    apiPath: apiPathOf(written.apiPath ?? 'Standalone', at('apiPath'), report),
    apiKey: written.apiKey,
    timezone: timezoneOf(written.timezone ?? 'UTC', at('timezone'), report),
    access,
    database: written.database ?? null,
    historyGap: (written.historyGap ?? DEFAULT_HISTORY_GAP_MINUTES) * MINUTE,
  };
};
