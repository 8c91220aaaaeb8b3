import type { SimulatedService } from '../../src/simulator/service.ts';
import type { AccountSettings } from '../../src/settings/settings.ts';
import type { MailchimpApi, Member } from '../../src/mailchimp/api.ts';
import { createMailchimpApi, type MailchimpEnvironment } from '../../src/mailchimp/client.ts';
import { ConnectionBudget } from '../../src/http/budget.ts';
import { listId } from '../../src/base/ids.ts';
import { FakeClock, evenRandom } from '../support/fake-clock.ts';
import { inProcessAdapter } from '../support/in-process-adapter.ts';

export const KEY = '0123456789abcdef0123456789abcdef-us11';
export const LIST = listId('aaaaaaaaaa');
export const account: AccountSettings = { label: 'main', apiKey: KEY, apiUrl: 'https://us11.api.test/3.0', connections: 8, batchWebhookSecret: null, batchWebhookUrl: null };

/** A client of a service in this process, with a budget of its own and a clock that moves by waiting. */
export function clientOf(
  services: SimulatedService | ReadonlyMap<string, SimulatedService>,
  more: Partial<MailchimpEnvironment> = {},
): { readonly api: MailchimpApi; readonly clock: FakeClock; readonly budget: ConnectionBudget } {
  const clock = new FakeClock();
  const budget = new ConnectionBudget(8);
  const adapter = inProcessAdapter(services, { now: () => clock.now(), timedOut: (timeout) => clock.advance(timeout) });
  return { clock, budget, api: createMailchimpApi(account, { clock, random: evenRandom, adapter, budget, ...more }) };
}

/** A member as Mailchimp sends it. */
export const memberBody = (number: number, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  id: `hash${number}`,
  email_address: `Person${number}@Example.org`,
  contact_id: `contact${number}`,
  status: 'subscribed',
  last_changed: '2026-02-23T16:25:57+00:00',
  timestamp_opt: '2026-02-23T16:25:50+00:00',
  interests: { '56b7d77fbd': true },
  merge_fields: { FNAME: 'Wilma', LNAME: 'Flintstone' },
  vip: false,
  ...more,
});

export const problem = (status: number, title: string): unknown => ({ title, status, detail: 'wilma@example.org is the one', instance: 'x' });

export const emails = (members: readonly Member[]): readonly string[] => members.map(({ email }) => email);
