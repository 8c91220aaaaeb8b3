import type { ClientEnvironment } from '../http/service.ts';
import type { CivicrmSettings } from '../settings/settings.ts';
import { Api4 } from './api4.ts';
import { createApi4Reader, type ReadDeadlines } from './api4-reader.ts';
import { createApi4Writer, type WriteDeadline } from './api4-writer.ts';
import { createApi4ContactData, type ContactData } from './contact-data.ts';
import type { CivicrmReader } from './reader.ts';
import { createSqlReader } from './sql-reader.ts';
import type { CivicrmWriter } from './writer.ts';

/** What the clients of CiviCRM are given. */
export type CivicrmEnvironment = ClientEnvironment & ReadDeadlines & WriteDeadline;

/** The clients of one CiviCRM site. */
export interface Civicrm {
  readonly reader: CivicrmReader;
  readonly writer: CivicrmWriter;
  readonly data: ContactData;
  /** Ends what is kept open. */
  close(): Promise<void>;
}

/** The clients of one CiviCRM site: writes over HTTP, reads as `access` says. Throws `settings_invalid` for a time zone that does not exist. */
export function createCivicrm(settings: CivicrmSettings, environment: CivicrmEnvironment): Civicrm {
  const api = new Api4(settings, environment);
  const overApi = { writer: createApi4Writer(api, environment), data: createApi4ContactData(api, environment) };
  switch (settings.access) {
    case 'api':
      return { ...overApi, reader: createApi4Reader(api, settings.timezone, environment), close: () => Promise.resolve() };
    case 'sql+api': {
      const reader = createSqlReader(settings, api, environment);
      return { ...overApi, reader, close: () => reader.close() };
    }
  }
}
