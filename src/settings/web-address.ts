import { readDatabaseAddress } from './database-address.ts';
import type { Path } from './json.ts';
import type { Report } from './problems.ts';

/** The address without trailing slashes, as the clients want it; reported when it is not one of the web, or holds more than a base. */
export const baseUrl = (url: string, path: Path, report: Report): string => {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    report(path, 'expected a web address that begins with "https://" (or "http://"), found something else');
  } else if (parsed.search !== '' || parsed.hash !== '') {
    report(path, 'expected a web address without "?" and "#", because paths are added to it; remove that part');
  }
  return url.replace(/\/+$/u, '');
};

/** Reports a database's address that no MySQL client takes. */
export const checkDatabaseUrl = (url: string, path: Path, report: Report): void => {
  const read = readDatabaseAddress(url);
  if ('problem' in read) report(path, read.problem);
};
