import { IN_A_RUN, SENDING_SINGLY } from './places.ts';
import { World } from './world.ts';

const PEOPLE = 80;

describe('A process is killed in a run, and another goes on', () => {
  let world: World;
  afterEach(() => world.close());

  for (const { name } of IN_A_RUN)
    it(name, async () => {
      world = await World.open({ people: PEOPLE });
      await world.dies(name);
      await world.goesOn();
      await world.assertInStep();
    });

  for (const { name } of SENDING_SINGLY)
    it(`${name} (updates sent one by one)`, async () => {
      world = await World.open({ people: PEOPLE, singly: true });
      await world.dies(name);
      await world.goesOn();
      await world.assertInStep();
    });
});
