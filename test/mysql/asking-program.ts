import { MINUTE, systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { CivicrmDatabase } from '../../src/civicrm/sql/database.ts';
import { addressOf } from '../../src/store/mysql/connection-options.ts';
import { Tables } from '../../src/store/mysql/connection.ts';
import { Database } from '../../src/store/mysql/database.ts';

/**
 * A program that asks a database something, closes it, and prints the answer and how many timers still keep it.
 * Arguments: `store` or `civicrm`, the address, a statement and its value.
 */
const [as = '', url = '', sql = '', value = ''] = process.argv.slice(2);
const environment = { clock: systemClock, random: systemRandom };

const ofTheStore = async (): Promise<unknown> => {
  const database = await Database.open({ address: addressOf(url), tables: new Tables('none_'), ...environment });
  const answer = await database.read((connection) => connection.all(sql, value)).catch(codeOf);
  await database.close();
  return answer;
};

const ofCivicrm = async (): Promise<unknown> => {
  const database = new CivicrmDatabase(url, environment);
  const answer = await database.all({ table: 'civicrm_contact', sql, values: [value], read: (row) => ({ fits: true, value: row }) }, MINUTE).catch(codeOf);
  await database.close();
  return answer;
};

const codeOf = (error: { readonly code: string }): string => error.code;

const answer = await (as === 'store' ? ofTheStore() : ofCivicrm());
const timers = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
console.log(JSON.stringify({ answer, timers }));
