import assert from 'node:assert/strict';
import { array, asyncProperty, assert as holds, constantFrom, integer, record } from 'fast-check';
import { DAY, HOUR } from '../../src/base/clock.ts';
import { LIMITED_KINDS, type Update } from '../../src/store/entities.ts';
import { approve, person, reject } from '../support/crowd.ts';
import { openScenario, type Scenario } from '../support/scenario.ts';
import { closeWorlds, LIST } from '../support/sync-world.ts';

const HISTORIES = 40;
/** So few people that every history has to do with it. */
const LIMIT = 2;
const PEOPLE = 10;

const ACTS = [
  'person subscribes', 'person subscribes', 'person subscribes', 'person leaves', 'Mailchimp’s administrator archives', 'administrator adds', 'administrator adds', 'administrator removes',
  'administrator removes', 'run', 'run', 'full run', 'dry run', 'webhooks arrive', 'webhooks arrive during a run', 'webhooks are lost', 'approve', 'reject', 'hours pass', 'a day passes',
] as const;
const step = record({ act: constantFrom(...ACTS), who: integer({ min: 0, max: PEOPLE - 1 }), hours: integer({ min: 1, max: 13 }) });
type Step = Parameters<Parameters<typeof step.map>[0]>[0];

/** A history that nobody planned, by hand of the engine's own calls. */
class Play {
  readonly s: Scenario;
  /** Who left by themselves: that is never held up. */
  readonly leavers = new Set<string>();
  readonly approvals: number[] = [];

  constructor(s: Scenario) {
    this.s = s;
  }

  async act({ act, who, hours }: Step): Promise<void> {
    const { s } = this;
    const address = person(who);
    s.passes(1);
    switch (act) {
      case 'person subscribes':
        if (s.member(address) !== 'subscribed') s.person.subscribes(address);
        return;
      case 'person leaves':
        if (s.member(address) !== 'subscribed') return;
        s.person.unsubscribes(address);
        this.leavers.add(address);
        return;
      case 'Mailchimp’s administrator archives':
        if (s.member(address) === 'subscribed') s.mailchimpAdmin.archives(address);
        return;
      case 'administrator adds':
        if (s.group(this.#contact(address)) !== 'Added') s.civi.adds(this.#contact(address));
        return;
      case 'administrator removes':
        if (s.group(this.#contact(address)) === 'Added') s.civi.removes(this.#contact(address));
        return;
      case 'run':
      case 'full run':
      case 'dry run':
        return this.#run(act === 'full run' ? 'full' : 'incremental', act === 'dry run');
      case 'webhooks arrive':
        return s.webhooksArrive();
      case 'webhooks arrive during a run':
        await Promise.all([this.#run('incremental', false), s.webhooksArrive()]);
        return;
      case 'webhooks are lost':
        return s.webhooksAreLost();
      case 'approve':
        return this.approves();
      case 'reject':
        if (await s.world.store.openPlan(LIST)) await reject(s);
        return;
      case 'hours pass':
        return s.passes((hours * HOUR) / 1000);
      case 'a day passes':
        return s.passes(DAY / 1000);
    }
  }

  async approves(): Promise<void> {
    const isAsked = (await this.s.world.store.openPlan(LIST)) !== null || (await this.s.world.store.countUnhandled(LIST)) > 0;
    if (!isAsked) return;
    this.approvals.push(this.s.now);
    await approve(this.s);
    this.s.passes(1);
  }

  async #run(mode: 'incremental' | 'full', dryRun: boolean): Promise<void> {
    const started = await this.s.sync.engine.start(LIST, { mode, since: null, withData: false, dryRun });
    if (started.kind === 'not_started') return;
    await this.s.sync.goOn(started.run.id);
  }

  #contact(address: string): number {
    return this.s.civi.ownersOf(address)[0] ?? this.s.civi.creates('Wilma', address);
  }
}

/** What was applied and nobody approved, by kind: never more people in 24 hours, since the last approval, than the limit. */
async function assertWithinLimits({ s, leavers, approvals }: Play): Promise<void> {
  const plans = new Set((await s.world.store.plans(LIST, 1000)).map(({ id }) => id));
  const applied = (await s.sync.updates()).filter((update) => update.sentAt !== null && (update.runId === null || !plans.has(update.runId)));
  const owners = new Map((await s.sync.rows()).map((row) => [row.id, row.email]));
  const contacts = new Map([...s.world.civicrm.tables.email.all()].map(({ contact_id, email }) => [contact_id, email]));
  const whoOf = (update: Update): string => contacts.get(update.contactId) ?? owners.get(update.rowId!) ?? `update ${update.id}`;
  for (const kind of LIMITED_KINDS) {
    const ofKind = applied.filter((update) => update.kind === kind && !((kind === 'remove' || kind === 'unsubscribe') && leavers.has(whoOf(update))));
    for (const { sentAt: last } of ofKind) {
      const since = Math.max(last! - DAY, ...approvals.filter((at) => at < last!));
      const people = new Set(ofKind.filter(({ sentAt }) => sentAt! > since && sentAt! <= last!).map(whoOf));
      assert.ok(people.size <= LIMIT, `${people.size} people: ${kind}`);
    }
  }
}

describe('Limits, in random histories', function () {
  closeWorlds();
  this.timeout(600_000);

  it(`${HISTORIES} of them never change more people in 24 hours than the limits allow, and nothing is lost by being held: once all is approved, both sides agree`, async () => {
    let held = 0;
    const history = asyncProperty(array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const play = new Play(await openScenario({ list: { limits: { people: LIMIT, percent: 0 } } }));
      for (const each of steps) {
        await play.act(each);
        if (await play.s.world.store.openPlan(LIST)) held += 1;
      }
      await assertWithinLimits(play);
      for (let round = 0; round < 3; round++) {
        await play.s.webhooksArrive();
        await play.act({ act: 'full run', who: 0, hours: 1 });
        await play.approves();
      }
      await play.s.comesToRest();
    });
    await holds(history, { seed: 7, numRuns: HISTORIES, endOnFailure: true });
    assert.ok(held > HISTORIES, 'plans were hardly ever held');
  });
});
