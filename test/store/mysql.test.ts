import type { StorePlace } from '../contract/store-contract.ts';
import { storeContract } from '../contract/store-contract.ts';
import { emptyDatabase } from '../support/mariadb.ts';
import { mysqlPlace } from './mysql-place.ts';

describe('MySQL store', () => {
  let place: StorePlace;
  before(async function () {
    place = mysqlPlace(await emptyDatabase(this));
  });

  storeContract('MariaDB', () => Promise.resolve(place));
});
