import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { LEASE } from '../../src/sync/stage.ts';
import { emptyDatabase } from '../support/mariadb.ts';
import { PREFIX } from '../store/mysql-place.ts';
import { World } from './world.ts';

const PEOPLE = 80;
/** One of each kind: what the store does, what a service was asked for, what a batch brought. */
const PLACES = [
  'after contacts were made, before the rows have them',
  'after the CiviCRM call, before it is recorded',
  'after Mailchimp took the batch, before its id is recorded',
  'in the middle of settling',
];

/** Waits until a process stands still, as Linux tells it: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const stopped = async (processId: number): Promise<void> => {
  const state = (): string | undefined => /\) (\w) /.exec(readFileSync(`/proc/${processId}/stat`, 'utf8'))?.[1];
  while (state() !== 'T') await wait(20);
};

describe('Two instances on one MySQL store', () => {
  let world: World;
  beforeEach(async function () {
    world = await World.open({ people: PEOPLE, store: { kind: 'mysql', url: await emptyDatabase(this), tablePrefix: PREFIX } });
  });
  afterEach(() => world.close());

  for (const place of PLACES)
    it(`one is killed ${place}: the other takes over and completes`, async () => {
      await world.dies(place);
      await world.goesOn();
      await world.assertInStep();
    });

  for (const place of ['in the middle of fetch, before a page is stored', 'before queueing'])
    it(`one is paused ${place}, and wakes when it has lost its lease: it writes nothing`, async () => {
      const paused = world.starts(place, 'SIGSTOP');
      await stopped(paused.processId);
      await world.goesOn(2 * LEASE);
      const written = world.written;
      process.kill(paused.processId, 'SIGCONT');
      const { code, said } = await paused.ended;
      assert.deepEqual([code, said], [1, 'lease_lost']);
      assert.deepEqual(world.written, written);
      await world.assertInStep();
    });

  it('an audience is run by one at a time', async () => {
    const other = await world.engine();
    const answers: string[] = [];
    const asked: Promise<unknown>[] = [];
    world.traffic.arrives = (what) => {
      // While the first one works: at its first page of members, and at the making of contacts.
      if (!/members$|Contact\/save$/.test(what)) return;
      const [list] = other.settings.audiences.keys();
      if (list) asked.push(other.start(list, { mode: 'full', since: null, withData: false, dryRun: false }).then(({ kind, ...rest }) => answers.push('reason' in rest ? rest.reason : kind)));
    };
    const { code, said } = await world.starts(undefined).ended;
    world.traffic.arrives = () => undefined;
    await Promise.all(asked);
    await other.close();
    assert.deepEqual([code, said], [0, '']);
    assert.deepEqual([new Set(answers), answers.length >= 2], [new Set(['busy']), true]);
    await world.goesOn();
    await world.assertInStep();
  });
});
