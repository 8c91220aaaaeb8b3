import assert from 'node:assert/strict';
import { contactId, emailAddress } from '../../src/base/ids.ts';
import type { AudienceExplanation } from '../../src/sync/explain/explain-audience.ts';
import type { Explanation } from '../../src/sync/explain/explain.ts';
import type { PersonAsked } from '../../src/sync/explain/known.ts';
import { bothSides } from './crowd.ts';
import type { Scenario } from './scenario.ts';
import { LIST } from './sync-world.ts';

const never = new AbortController().signal;

/** All that the store holds of the audience, and both sides. */
async function contents(s: Scenario): Promise<unknown> {
  const { sync, world: { store, civicrm } } = s;
  const contacts = [...civicrm.tables.contact.all()].map(({ id }) => contactId(id));
  return {
    sides: bothSides(s),
    rows: await sync.rows(),
    updates: await sync.updates(),
    inbox: await store.unhandled(LIST, 1000),
    audience: await store.audience(LIST),
    runs: await store.runs(LIST, 1000),
    plans: await store.plans(LIST, 1000),
    contacts: await store.contactMemories(LIST, contacts),
    batches: await store.batchesInState(['sending', 'submitted', 'settled', 'given_up']),
  };
}

/** Asks about a person; that it changes nothing, in the store or at a service, is part of every question. */
export async function explained(s: Scenario, person: string | number | PersonAsked): Promise<Explanation> {
  const before = { contents: await contents(s), writes: s.sync.writes, logged: s.world.logged.length };
  const asked: PersonAsked = typeof person === 'string' ? { email: emailAddress(person) } : typeof person === 'number' ? { contactId: contactId(person) } : person;
  const explanation = await s.sync.engine.explain(asked, { listIds: null, signal: never });
  assert.deepEqual({ contents: await contents(s), writes: s.sync.writes, logged: s.world.logged.length }, before, 'a question has changed something');
  return explanation;
}

/** The same, of the only audience. */
export async function explainedHere(s: Scenario, person: string | number | PersonAsked): Promise<AudienceExplanation> {
  const { audiences } = await explained(s, person);
  return audiences[0] ?? assert.fail('no audience is told of');
}
