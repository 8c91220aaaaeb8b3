import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { LIST, memberRow } from '../contract/store/samples.ts';

/** Writes commits of 20 rows until it is killed; prints each one's name when it was acknowledged. */
const [file = '', round = ''] = process.argv.slice(2);
const store = await openSqliteStore(file);
for (let number = 0; ; number += 1) {
  const name = `${round}-${number}`;
  await store.commit(
    LIST,
    Array.from({ length: 20 }, (_, at) => ({ rows: [{ kind: 'insert', row: memberRow(`${name}-${at}`, { hookData: { commit: name } }) }] })),
  );
  process.stdout.write(`${name}\n`);
}
