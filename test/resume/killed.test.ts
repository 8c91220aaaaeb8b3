import assert from 'node:assert/strict';
import type { Place } from './deadly.ts';
import { IN_A_RUN, IN_THE_INBOX, SENDING_SINGLY } from './places.ts';
import { INBOX, World } from './world.ts';

const PEOPLE = 60;

const listed = (places: readonly Place[]): string => places.map(({ name }) => `\n        ${name}`).join('');

describe('A process is killed, the next one goes on until it is killed too, and the last one ends in step', function () {
  this.timeout(60_000);
  let world: World;
  afterEach(() => world.close());

  for (const [part, places] of Object.entries(IN_A_RUN))
    it(`${part}:${listed(places)}`, async () => {
      world = await World.open({ people: PEOPLE });
      for (const { name } of places) await world.dies(name);
      await world.goesOn();
      await world.assertInStep();
    });

  it(`while it sends updates one by one:${listed(SENDING_SINGLY)}`, async () => {
    world = await World.open({ people: PEOPLE, singly: true });
    for (const { name } of SENDING_SINGLY) await world.dies(name);
    await world.goesOn();
    await world.assertInStep();
  });

  it(`while it handles the webhook of an unsubscribe:${listed(IN_THE_INBOX)}`, async () => {
    world = await World.open({ people: PEOPLE });
    await world.goesOn();
    const contact = await world.somebodyUnsubscribes();
    for (const { name } of IN_THE_INBOX) await world.dies(name, INBOX);
    await world.goesOn();
    assert.deepEqual(world.groupHistory(contact), ['Added', 'Removed']);
    await world.assertInStep({ otherwise: 1 });
  });

  describe('as a service gets what the process asked for, which happens after its death:', () => {
    for (const [what, request, singly] of [
      ['contacts are made', /^POST .*\/Contact\/save$/, false],
      ['memberships are written', /^POST .*\/GroupContact\/save$/, false],
      ['a batch is taken', /^POST \/3\.0\/batches$/, false],
      ['a member is written', /^(PUT|PATCH) \/3\.0\/lists\/\w+\/members\//, true],
    ] as const)
      it(what, async () => {
        world = await World.open({ people: PEOPLE, singly });
        world.traffic.arrives = (asked) => {
          if (!request.test(asked)) return;
          world.traffic.arrives = () => undefined;
          world.kill();
        };
        await world.dies(undefined);
        await world.goesOn();
        await world.assertInStep();
      });
  });
});
