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
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || (parsed.protocol !== 'mysql:' && parsed.protocol !== 'mariadb:') || parsed.hostname === '') {
    report(
      path,
      'expected an address such as "mysql://user:password@host/database", found something else; ' +
        'characters such as @ / : # in the password have to be written as %40 %2F %3A %23',
    );
  } else if (parsed.pathname.length < 2) {
    report(path, 'the name of the database is missing at the end of the address');
  }
};
