import assert from 'node:assert/strict';
import { betweenEffects } from '../../support/between-effects.ts';
import { approve, openCrowd, person } from '../../support/crowd.ts';
import { closeWorlds, LIST } from '../../support/sync-world.ts';

const LIMITED = { limits: { people: 1, percent: 0 }, submitSingly: 1000 };
const UNLIMITED = { limits: { people: 1_000_000 }, submitSingly: 1000 };
/** Every so many effects: all of them were tried once. */
const STRIDE = 7;
const DAY = 24 * 3600;

/** Sixteen people, four of each kind of change, of which the plan holds all. */
async function heldPeople() {
  const { s, contacts } = await openCrowd(8, LIMITED);
  const subscribed = [20, 21, 22, 23].map((number) => s.civi.creates('Wilma', person(number)));
  for (const contact of subscribed) s.civi.adds(contact);
  for (const contact of contacts.slice(0, 4)) s.civi.removes(contact);
  const added = [30, 31, 32, 33].map((number) => s.civi.creates('Fred', person(number)));
  for (const number of [30, 31, 32, 33, 40, 41, 42, 43]) s.person.subscribes(person(number));
  s.webhooksAreLost();
  s.passes(60);
  await s.sync.run();
  s.passes(60);
  assert.deepEqual((await s.world.store.openPlan(LIST))?.summary.kinds, { subscribe: 4, unsubscribe: 4, add: 4, create: 4 });
  /** One of each kind is left out. */
  const except = [person(3), person(23), person(33), person(43)];
  const act = (): void => {
    s.civi.optsOut(subscribed[0]!, 'link');
    s.civi.removes(subscribed[1]!);
    s.person.unsubscribes(person(30));
    s.person.unsubscribes(person(40));
    s.civi.optsOut(subscribed[3]!, 'link'); // left out
    s.person.unsubscribes(person(43)); // left out
    s.civi.adds(contacts[0]!);
    s.webhooksAreLost();
    s.passes(5);
  };
  return { s, contacts, subscribed, added, except, act };
}
type Held = Awaited<ReturnType<typeof heldPeople>>;

async function assertHeard({ s, contacts, added }: Held, what: string): Promise<void> {
  s.sync.engine = await s.world.reopen(UNLIMITED);
  if (await s.world.store.openPlan(LIST)) await approve(s); // what was done since was beyond the limits, too
  await s.comesToRest();
  const createdFor = (number: number): string => s.civi.ownersOf(person(number)).map((contact) => s.group(contact)).join();
  assert.notEqual(s.member(person(20)), 'subscribed', `${what}: opted out`);
  assert.notEqual(s.member(person(21)), 'subscribed', `${what}: removed`);
  assert.deepEqual([s.member(person(30)), s.group(added[0]!) === 'Added'], ['unsubscribed', false], `${what}: left at Mailchimp`);
  assert.deepEqual([s.member(person(40)), createdFor(40) === 'Added'], ['unsubscribed', false], `${what}: left at Mailchimp, no contact yet`);
  assert.notEqual(s.member(person(23)), 'subscribed', `${what}: opted out, left out`);
  assert.deepEqual([s.member(person(43)), createdFor(43)], ['unsubscribed', ''], `${what}: left at Mailchimp, left out`);
  assert.deepEqual([s.member(person(0)), s.group(contacts[0]!)], ['subscribed', 'Added'], `${what}: added again`);
  assert.deepEqual([1, 2, 22, 31, 41].map((number) => s.member(person(number))), ['unsubscribed', 'unsubscribed', 'subscribed', 'subscribed', 'subscribed'], what);
  assert.deepEqual([s.group(added[1]!), createdFor(41)], ['Added', 'Added'], what);
  assert.deepEqual([s.member(person(3)), s.group(added[3]!)], ['subscribed', 'none'], `${what}: left out`);
}

describe('an approval, between any two of its effects', function () {
  closeWorlds();
  this.timeout(600_000);

  it('hears who leaves or comes back just then', async () => {
    for (let nth = 1; ; nth += STRIDE) {
      const held = await heldPeople();
      const reached = betweenEffects(held.s.world, nth, async () => held.act());
      await approve(held.s, { except: held.except });
      if (!reached()) break;
      held.s.passes(60);
      await assertHeard(held, `effect ${nth}`);
    }
  });

  for (const next of ['approval', 'run'] as const)
    it(`cut off there, hears who leaves or comes back before the next ${next}`, async () => {
      for (let nth = 1; ; nth += STRIDE) {
        const held = await heldPeople();
        const { s } = held;
        const reached = betweenEffects(s.world, nth, () => Promise.reject(new Error('stopped')));
        await approve(s, { except: held.except }).catch(() => undefined);
        if (!reached()) break;
        s.passes(3 * DAY);
        held.act();
        s.passes(DAY);
        const open = await s.world.store.openPlan(LIST);
        const began = open?.state;
        if (open && (began === 'held' || next === 'approval')) await approve(s, { except: held.except });
        else await s.sync.run();
        s.passes(60);
        await assertHeard(held, `effect ${nth}, ${began ?? 'applied'}`);
      }
    });
});
