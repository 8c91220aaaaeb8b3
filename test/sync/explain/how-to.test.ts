import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explained } from '../../support/explained.ts';
import { openScenario } from '../../support/scenario.ts';
import { closeWorlds } from '../../support/sync-world.ts';

const WILMA = 'wilma@example.org';

describe('the how-to of explaining', () => {
  closeWorlds();

  it('shows a real answer', async () => {
    const s = await openScenario();
    await s.joined(WILMA);
    s.passes(24 * 3600);
    s.person.unsubscribes(WILMA);
    s.passes(5);
    await s.webhooksArrive();
    s.passes(3600);
    const { text } = await explained(s, WILMA);
    const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'how-to', 'why-was-somebody-unsubscribed.md'), 'utf8');
    assert.equal(/```text\n(.*?)\n```/s.exec(page)?.[1], text);
  });
});
