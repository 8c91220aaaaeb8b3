import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inStep } from '../../src/simulator/people/kinds/agreeing.ts';
import { everyKind } from '../../src/simulator/people/kinds/every-kind.ts';
import { startControlledWorld } from './controlled-world.ts';

const page = readFileSync(new URL('../../docs/reference/simulators.md', import.meta.url), 'utf8');

describe("the simulators' reference", () => {
  it('tells every kind of people, and no other', () => {
    const rows = [inStep, ...everyKind].map(({ name, tells }) => `| ${name} | ${tells} |`);
    assert.ok(page.includes(`| kind | what must come out |\n|---|---|\n${rows.join('\n')}\n\n`));
  });

  it('tells every act with its arguments', async () => {
    const world = await startControlledWorld();
    const { result } = (await world.ask('GET', '/acts')).body;
    await world.simulators.close();
    for (const acts of Object.values(result as Record<string, Record<string, Record<string, string>>>))
      for (const [name, parameters] of Object.entries(acts)) {
        const told = Object.entries(parameters).map(([parameter, kind]) => `\`${parameter}\`${kind.endsWith('optional') ? '?' : ''}`);
        assert.ok(page.includes(`| \`${name}\` | ${told.join(', ') || '–'} |`), name);
      }
  });
});
