import assert from 'node:assert/strict';
import { explainedHere } from '../../support/explained.ts';
import { P1, P2, P3, openScenario, type Scenario } from '../../support/scenario.ts';
import { closeWorlds } from '../../support/sync-world.ts';

/** Something happened to the person at P1, and no run has seen it yet. */
const HISTORIES: Readonly<Record<string, (s: Scenario) => Promise<void> | void>> = {
  'left at Mailchimp': async (s) => {
    await s.joined();
    s.person.unsubscribes(P1);
  },
  'removed in CiviCRM, with another name': async (s) => {
    const wilma = await s.joined();
    s.civi.renames(wilma, 'Wilhelmina');
    s.civi.removes(wilma);
  },
  'renamed at Mailchimp': async (s) => {
    await s.joined();
    s.person.isCalled(P1, 'Wilhelmina');
  },
  'moved in CiviCRM': async (s) => s.civi.edits(await s.joined(), P1, P3),
  'in the trash': async (s) => s.civi.trashes(await s.joined()),
  'deleted for good in CiviCRM': async (s) => s.civi.deletesForGood(await s.joined()),
  'deleted for good at Mailchimp': async (s) => {
    await s.joined();
    s.mailchimpAdmin.deletesForGood(P1);
  },
  'cleaned, and added with another address': async (s) => {
    const wilma = await s.joined();
    s.mailchimpAdmin.cleans(P1);
    s.passes(60);
    await s.sync.run();
    s.passes(60);
    s.civi.gives(wilma, P2);
    s.civi.adds(wilma);
  },
  'an address that passed on to another contact': async (s) => {
    const wilma = await s.joined();
    s.civi.takesAway(wilma, P1);
    s.civi.creates('Betty', P1);
  },
  'added, and never seen': (s) => s.civi.adds(s.civi.creates('Wilma', P1)),
};

/** Updates of either form, whatever the order. */
const inOrder = (updates: readonly { readonly kind: string; readonly side: string; readonly contactId: number | null; readonly reason: string }[]): readonly string[] =>
  updates.map(({ kind, side, contactId, reason }) => `${kind} ${side.toLowerCase()} ${contactId} ${reason}`).toSorted((one, other) => one.localeCompare(other));

describe('explain foretells what a dry run then decides', () => {
  closeWorlds();

  for (const [history, happens] of Object.entries(HISTORIES))
    it(history, async () => {
      const s = await openScenario();
      await happens(s);
      s.webhooksAreLost();
      s.passes(120);
      const told = (await explainedHere(s, P1)).wouldHappen?.updates ?? assert.fail('nothing is foretold');
      const run = await s.sync.begin('full', { dryRun: true, withData: true });
      await s.sync.goOn(run);
      const ofPerson = (await s.sync.updates()).filter(({ runId, kind }) => runId === run && kind !== 'create');
      assert.deepEqual(inOrder(told), inOrder(ofPerson));
      assert.ok(told.length > 0, 'nothing was to be decided');
    });
});
