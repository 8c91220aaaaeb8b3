import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from '../../src/sync/stage.ts';
import { openScenario, P1, P2, P3 } from '../support/scenario.ts';
import { closeWorlds } from '../support/sync-world.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'reference', 'counts.md'), 'utf8');

/** Nodes as the flow names them, and what gives their counts. */
const NODES = {
  'fetch members': 'fetch',
  'remove invalid IDs': 'removeInvalid',
  'populate IDs': 'populate',
  'create contacts': 'createContacts',
  'clean up duplicates': 'cleanDuplicates',
  'add Civi-only': 'addCiviOnly',
  'identify changes': 'identifyChanges',
  'data hooks': 'dataHooks',
  reconcile: 'reconcile',
  'submit updates': 'submit',
  'batch results': 'batches',
  'list webhook': 'inbox',
} as const;

/** The counts of the page's table, by what gives them; those of a hook have the name of the hook. */
function told(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  let counts = new Set<string>();
  for (const [, node = '', names = ''] of page.matchAll(/^\| (?:\*(.+)\*)? *\| (`.+`) \|.*\|$/gm)) {
    if (node !== '') found.set(NODES[node as keyof typeof NODES] ?? assert.fail(`no node ${node}`), (counts = new Set()));
    for (const [, name = ''] of names.matchAll(/`([^`]+)`/g)) if (!name.startsWith('hook ')) counts.add(name);
  }
  return found;
}

describe('the reference of counts', () => {
  closeWorlds();

  it('tells every count that is not 0, and none that no node gives', async () => {
    const given = new Map<string, Map<string, number>>();
    const add = (counts: Readonly<Record<string, Counts | undefined>>): void => {
      for (const [node, each] of Object.entries(counts))
        for (const [name, count] of Object.entries(each ?? {})) given.set(node, (given.get(node) ?? new Map<string, number>()).set(name, count + (given.get(node)?.get(name) ?? 0)));
    };
    for (const submitSingly of [0, 20]) {
      const s = await openScenario({ list: { submitSingly } });
      add(await s.sync.full({ withData: true }));
      const wilma = await s.joined(P1);
      s.person.subscribes(P2);
      s.civi.adds(s.civi.creates('Betty', P3));
      s.civi.removes(wilma);
      s.passes(60);
      add(await s.sync.run('incremental', { withData: true, dryRun: true }));
      add({ inbox: await s.sync.handleInbox() });
      add(await s.sync.run('incremental', { withData: true }));
      await s.batchesRun();
      add({ batches: await s.sync.handleBatches() });
      s.sync.engine = await s.world.reopen({ submitSingly, limits: { people: 0, percent: 0 } });
      s.person.subscribes('p4@example.org');
      s.passes(60);
      for (const id of s.firedWebhooks()) await s.world.mailchimp.webhooks.deliver(id);
      add({ inbox: await s.sync.handleInbox() });
      add(await s.sync.run());
    }
    for (const [node, counts] of told())
      for (const name of counts) assert.ok(name === 'webhookProblems' || given.get(node)?.has(name), `${node} gives no ${name}`);
    assert.deepEqual([...given.keys()].toSorted(), [...told().keys()].toSorted());
    for (const [node, counts] of given) for (const [name, count] of counts) assert.ok(count === 0 || told().get(node)?.has(name), `${node}: ${name} is not told`);
  });
});
