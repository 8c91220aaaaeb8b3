import { parseArgs } from 'node:util';

import { FAILURES } from '../property/judge.ts';
import { prove, retold } from '../property/prove.ts';

/** `npm run proof -- --histories N --seed S`: plays random histories and exits with 1 if any breaks a promise. */
const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    /** How many counterexamples are shrunk and shown. */
    show: { type: 'string', default: '3' },
    /** Stop at the first counterexample. */
    first: { type: 'boolean', default: false },
  },
});
const histories = Number(values.histories);
const from = Number(values.seed);
const show = Number(values.show);
const EVERY = 10_000;

const failed: number[] = [];
const counts = new Map<string, number>();
let played = 0;
let updates = 0;
let told = Date.now();
for (let seed = from; seed < from + histories && !(values.first && failed.length > 0); seed++) {
  const proof = await prove(seed, failed.length < show);
  updates += proof.updates;
  played += 1;
  for (const kind of proof.kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (proof.counterexample) {
    if (failed.length < show) console.log(`\n=== ${retold(seed, proof.counterexample)}\n`);
    failed.push(seed);
  }
  if (Date.now() - told < EVERY) continue;
  told = Date.now();
  console.log(`${played} of ${histories} histories, ${failed.length} failed`);
}

console.log(`\n${played} histories from seed ${from}, ${updates} updates`);
for (const [kind, count] of [...counts].toSorted((one, other) => other[1] - one[1]))
  console.log(`${String(count).padStart(7)}  ${(FAILURES as readonly string[]).includes(kind) ? 'FAILS  ' : 'counted'}  ${kind}`);
if (failed.length > 0) {
  console.log(`failed seeds: ${failed.join(' ')}`);
  process.exitCode = 1;
}
