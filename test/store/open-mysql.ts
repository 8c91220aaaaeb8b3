import { openMysqlStore } from '../../src/store/mysql/mysql-store.ts';

/** Opens the store at an address with a prefix, prints its id, and ends. */
const [url = '', tablePrefix = ''] = process.argv.slice(2);
const store = await openMysqlStore({ url, tablePrefix });
process.stdout.write(`${store.id}\n`);
await store.close();
