import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { P1 } from '../support/scenario.ts';
import { SEARCHED_ANEW, SmartScenario } from '../support/smart-scenario.ts';
import { closeWorlds } from '../support/sync-world.ts';

const HISTORIES = 100;

const ACTS = ['enters', 'leaves', 'subscribes', 'unsubscribes', 'run', 'full run', 'webhooks arrive', 'webhooks are lost', 'batches settle', 'table emptied', 'table filled'] as const;
type Act = (typeof ACTS)[number];

interface Step {
  readonly act: Act;
  /** Seconds that pass before it. */
  readonly after: number;
}

const steps = fc.array(fc.record({ act: fc.constantFrom(...ACTS), after: fc.constantFrom(1, 40, 120, SEARCHED_ANEW, 3600) }), { minLength: 3, maxLength: 25 });

/** Wilma, whose surname decides whether the search finds her, and who joins and leaves at Mailchimp as she likes. */
class Wilma {
  readonly #world: SmartScenario;
  readonly #contact: number;
  #found = false;
  #emptied = false;
  /** The last that she herself said at Mailchimp. */
  #own: 'yes' | 'no' | null = null;

  constructor(world: SmartScenario) {
    this.#world = world;
    this.#contact = world.flintstone('Wilma', P1);
  }

  async lives({ act, after }: Step): Promise<void> {
    const { s, smart } = this.#world;
    s.passes(after);
    switch (act) {
      case 'enters':
        this.#found = true;
        return this.#world.enters(this.#contact);
      case 'leaves':
        this.#found = false;
        return this.#world.leaves(this.#contact);
      case 'subscribes':
        if (s.member(P1) === 'subscribed') return;
        this.#own = 'yes';
        return s.person.subscribes(P1);
      case 'unsubscribes':
        if (s.member(P1) !== 'subscribed') return;
        this.#own = 'no';
        return s.person.unsubscribes(P1);
      case 'run':
        return void (await s.sync.run());
      case 'full run':
        return void (await s.sync.full());
      case 'webhooks arrive':
        return s.webhooksArrive();
      case 'webhooks are lost':
        return s.webhooksAreLost();
      case 'batches settle':
        return s.batchesSettle();
      case 'table emptied': // by another process, for a few seconds
        if (this.#emptied) return;
        this.#emptied = true;
        return s.civi.acts.beginCacheRebuild(smart);
      case 'table filled':
        if (!this.#emptied) return;
        this.#emptied = false;
        return s.civi.acts.endCacheRebuild(smart);
    }
  }

  /** Edits end: both sides come to rest, and what she said herself was heard. */
  async rests(): Promise<void> {
    await this.lives({ act: 'table filled', after: 1 });
    await this.#world.rests();
    const status = this.#world.s.member(P1);
    if (this.#own === 'no') assert.equal(status, 'unsubscribed', 'she left, and is mailed');
    else if (this.#found) assert.equal(status, 'subscribed', 'the search finds her, she never left, and she is not subscribed');
    else if (this.#own === null) assert.notEqual(status, 'subscribed', 'neither she nor the search said yes');
    this.#world.assertGroupsUntouched();
  }
}

const lives = async (history: readonly Step[]): Promise<void> => {
  const wilma = new Wilma(await SmartScenario.open());
  for (const step of history) await wilma.lives(step);
  await wilma.rests();
};

describe('random histories of a smart group', () => {
  closeWorlds();

  it('nobody who left is mailed, whoever is found and never left is subscribed, the group is never written, and all comes to rest', async function () {
    this.timeout(600_000); // some seconds on an idle machine
    await fc.assert(fc.asyncProperty(steps, lives), { numRuns: HISTORIES, seed: 1 });
  });
});
