import type { SimulatedRequest, SimulatedService } from '../../src/simulator/service.ts';
import type { CivicrmSettings } from '../../src/settings/settings.ts';
import { createCivicrm, type CivicrmEnvironment } from '../../src/civicrm/client.ts';
import type { ContactData } from '../../src/civicrm/contact-data.ts';
import type { CivicrmReader } from '../../src/civicrm/reader.ts';
import type { CivicrmWriter } from '../../src/civicrm/writer.ts';
import { ConnectionBudget } from '../../src/http/budget.ts';
import { FakeClock, evenRandom } from '../support/fake-clock.ts';
import { inProcessAdapter } from '../support/in-process-adapter.ts';
import { json } from '../support/scripted-service.ts';

export const KEY = 'civi-key-0123456789';
export const settings: CivicrmSettings = {
  url: 'https://civi.test',
  apiPath: '/civicrm/ajax/api4/',
  apiKey: KEY,
  timezone: 'UTC',
  access: 'api',
  database: null,
  historyGap: 3_600_000,
};

/** The clients of a site in this process, with a budget of their own and a clock that moves by waiting. */
export function clientsOf(
  services: SimulatedService | ReadonlyMap<string, SimulatedService>,
  { site = {}, ...more }: Partial<CivicrmEnvironment> & { readonly site?: Partial<CivicrmSettings> } = {},
): { readonly reader: CivicrmReader; readonly writer: CivicrmWriter; readonly data: ContactData; readonly clock: FakeClock; readonly budget: ConnectionBudget } {
  const clock = new FakeClock();
  const budget = new ConnectionBudget(4);
  const adapter = inProcessAdapter(services, { now: () => clock.now(), timedOut: (timeout) => clock.advance(timeout) });
  return { clock, budget, ...createCivicrm({ ...settings, ...site }, { clock, random: evenRandom, adapter, budget, ...more }) };
}

/** A success of APIv4. */
export const values = (rows: readonly unknown[]): ReturnType<typeof json> => json({ values: rows, entity: 'x', action: 'x', debug: null, version: 4, count: rows.length });
/** A failure of APIv4. */
export const errorObject = (message: string, status = 500): ReturnType<typeof json> => json({ error_id: 'a-b-c', error_code: 0, error_message: message, status }, status);

/** A form field of a request, read as JSON. */
export const formOf = (request: SimulatedRequest | undefined, field = 'params'): unknown =>
  JSON.parse(new URLSearchParams(Buffer.from(request?.body ?? '').toString()).get(field) ?? 'null');
