import assert from 'node:assert/strict';
import type { Engine } from '../../src/sync/engine.ts';
import { betweenEffects } from '../support/between-effects.ts';
import { BATCHED, openScenario, P1, type Scenario } from '../support/scenario.ts';
import { closeWorlds, type WorldOptions } from '../support/sync-world.ts';
import { sync } from './sync.ts';

/** Every so many moments; `MAILCHIMPSYNC_TEST_MOMENTS=1` tries all, which takes minutes. */
const STRIDE = Number(process.env['MAILCHIMPSYNC_TEST_MOMENTS'] ?? 13);
const never = new AbortController().signal;

/** Two who work on one row at the same moment. */
interface Race {
  readonly options?: WorldOptions;
  /** How it came to this. */
  before(scenario: Scenario): Promise<void>;
  /** The one that is interrupted, at each of its effects in turn. */
  one(scenario: Scenario): Promise<unknown>;
  /** What happens then, from its beginning to its end; with an engine of its own. */
  other(scenario: Scenario, engine: Engine): Promise<unknown>;
  /** When both are done, and everything has come to rest. */
  after(scenario: Scenario): void;
}

const unsubscribed = (scenario: Scenario): void => {
  const [contact, ...others] = scenario.civi.ownersOf(P1);
  assert.deepEqual(others, [], 'a contact was made twice');
  assert.equal(scenario.member(P1), 'unsubscribed');
  if (contact !== undefined) assert.notEqual(scenario.group(contact), 'Added');
};

/** What waits at Mailchimp arrives, and is handled. */
async function webhooksArrive(scenario: Scenario, engine: Engine): Promise<void> {
  for (const id of scenario.firedWebhooks()) await scenario.world.mailchimp.webhooks.deliver(id);
  await engine.handleInbox({ signal: never });
}

async function unsubscribes(scenario: Scenario, engine: Engine): Promise<void> {
  scenario.webhooksAreLost(); // those of before
  scenario.passes(3);
  scenario.person.unsubscribes(P1);
  scenario.passes(3);
  await webhooksArrive(scenario, engine);
}

/** An error that stops one of the two is no failure: the next run does the work. */
const stopped = (error: unknown): void => assert.ok(error instanceof Error && 'code' in error && ['busy', 'lease_lost'].includes(String(error.code)), error as Error);

const races: Readonly<Record<string, Race>> = {
  'a run that makes a contact and adds it, and the unsubscribe of its person': {
    before: async (s) => s.person.subscribes(P1),
    one: (s) => s.sync.run(),
    other: unsubscribes,
    after: unsubscribed,
  },
  'a run that sends updates one by one, and the unsubscribe of a person whose interest changes': {
    before: async (s) => {
      const contact = await s.joined(P1);
      s.civi.adds(contact, 12);
      s.passes(60);
    },
    one: (s) => s.sync.run(),
    other: unsubscribes,
    after: unsubscribed,
  },
  'the result of a batch, and the unsubscribe of a person': {
    options: BATCHED,
    before: async (s) => {
      s.civi.adds(s.civi.creates('Wilma', P1));
      await s.sync.run();
      await s.batchesRun();
      s.passes(60);
    },
    one: (s) => s.sync.handleBatches(),
    other: unsubscribes,
    after: unsubscribed,
  },
  'the webhook of an unsubscribe, and a run': {
    before: async (s) => {
      await s.joined(P1);
      s.person.unsubscribes(P1);
      s.passes(3);
    },
    one: (s) => webhooksArrive(s, s.sync.engine),
    other: async (s, engine) => {
      s.passes(3);
      await sync(engine, { kind: 'run', mode: 'full' });
    },
    after: unsubscribed,
  },
  'the webhook of an unsubscribe, and the result of a batch': {
    options: BATCHED,
    before: async (s) => {
      s.civi.adds(s.civi.creates('Wilma', P1));
      await s.sync.run();
      await s.batchesRun();
      s.passes(60);
      s.person.unsubscribes(P1);
      s.passes(3);
    },
    one: (s) => webhooksArrive(s, s.sync.engine),
    other: (_, engine) => engine.handleBatches({ signal: never }),
    after: unsubscribed,
  },
  'the webhook of a subscribe, and a run': {
    before: async (s) => {
      s.person.subscribes(P1);
      s.passes(3);
    },
    one: (s) => webhooksArrive(s, s.sync.engine),
    other: async (s, engine) => {
      s.passes(3);
      await sync(engine, { kind: 'run', mode: 'full' });
    },
    after: (s) => {
      const owners = s.civi.ownersOf(P1);
      assert.equal(owners.length, 1, 'a contact was made twice, or not at all');
      s.assertSides([P1, 'subscribed'], [owners[0]!, 'Added']);
    },
  },
  'the same webhook, handled by two': {
    before: async (s) => {
      await s.joined(P1);
      s.person.unsubscribes(P1);
      s.passes(3);
      for (const id of s.firedWebhooks()) await s.world.mailchimp.webhooks.deliver(id);
    },
    one: (s) => s.sync.handleInbox(),
    other: (_, engine) => engine.handleInbox({ signal: never }),
    after: unsubscribed,
  },
  'a run that subscribes a contact, and the removal of the contact': {
    before: async (s) => {
      s.civi.adds(s.civi.creates('Wilma', P1));
      s.passes(60);
    },
    one: (s) => s.sync.run(),
    other: async (s) => {
      s.passes(3);
      s.civi.removes(s.civi.ownersOf(P1)[0]!);
    },
    after: (s) => {
      assert.ok(['none', 'unsubscribed'].includes(s.member(P1)));
      assert.equal(s.group(s.civi.ownersOf(P1)[0]!), 'Removed');
    },
  },
};

describe('Two at work on one row at the same moment end right, at whatever moment one meets the other', () => {
  closeWorlds();
  for (const [index, [name, race]] of Object.entries(races).entries())
    it(name, async function () {
      this.timeout(600_000);
      for (let moment = 1 + (index % STRIDE); ; moment += STRIDE) {
        const s = await openScenario(race.options);
        const other = await s.world.reopen(race.options?.list ?? {});
        await race.before(s);
        const reached = betweenEffects(s.world, moment, () => race.other(s, other).catch(stopped));
        await race.one(s).catch(stopped);
        if (!reached()) {
          assert.ok(moment > 20, 'it was hardly ever interrupted');
          return;
        }
        try {
          await s.comesToRest();
          race.after(s);
        } catch (error) {
          throw new Error(`before effect ${moment}`, { cause: error });
        }
        await s.world.store.close();
      }
    });
});
