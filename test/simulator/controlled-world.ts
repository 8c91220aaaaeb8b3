import { startSimulators, type RunningSimulators } from '../../src/simulator/simulators.ts';
import { world } from '../../src/simulator/world.ts';

export const { listId, interestId } = world.mailchimp;
export const groupId = world.civicrm.subscriptionGroup.id;
/** A contact with this address, and a subscribed member. */
export const wilma = 'wilma@example.org';

/** Simulators with one person in both, and a hand on their control interface. */
export interface ControlledWorld {
  readonly simulators: RunningSimulators;
  /** The person's contact, and the id of its e-mail row. */
  readonly contactId: number;
  readonly emailId: number;
  /** Does an act over HTTP; rejects with the answer's error. */
  act(service: string, act: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Asks the control interface. */
  ask(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: { readonly result?: unknown; readonly error?: string } }>;
}

export async function startControlledWorld(): Promise<ControlledWorld> {
  const simulators = await startSimulators();
  simulators.clock.freeze(Date.UTC(2026, 0, 1));
  const contactId = simulators.civicrm.acts.createContact({ firstName: 'Wilma', lastName: 'Weiß', email: wilma });
  const emailId = simulators.civicrm.tables.email.find('contact_id', contactId)[0]?.id ?? 0;
  simulators.mailchimp.importMembers(listId, [{ email: wilma, status: 'subscribed', lastChanged: Date.UTC(2025, 0, 1) }]);

  const ask: ControlledWorld['ask'] = async (method, path, body) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${simulators.urls.control}${path}`, { method, ...(body === undefined ? { headers } : { headers, body: JSON.stringify(body) }) });
    return { status: response.status, body: (await response.json()) as { result?: unknown; error?: string } };
  };
  return {
    simulators,
    contactId,
    emailId,
    ask,
    act: async (service, act, args = {}) => {
      const { status, body } = await ask('POST', '/act', { service, act, args });
      if (status !== 200) throw new Error(body.error);
      return body.result;
    },
  };
}
