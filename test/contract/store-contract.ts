import type { Store } from '../../src/store/store.ts';
import { commitContract } from './store/commit-contract.ts';
import { concurrencyContract } from './store/concurrency-contract.ts';
import { batchesContract, creationClaimsContract, inboxContract } from './store/queues-contract.ts';
import { plansContract } from './store/plans-contract.ts';
import { rowsContract } from './store/rows-contract.ts';
import { runsContract } from './store/runs-contract.ts';
import type { StorePlace, Stores } from './store/samples.ts';
import { updatesContract } from './store/updates-contract.ts';

export type { StorePlace } from './store/samples.ts';

/**
 * What every store promises, method by method. `open` makes an empty place; each test gets two instances on it,
 * as two processes have.
 */
export const storeContract = (name: string, open: () => Promise<StorePlace>): void => {
  describe(`Store contract: ${name}`, () => {
    let place: StorePlace;
    let instances: Stores;
    const stores = (): Stores => instances;

    beforeEach(async () => {
      place = await open();
      const [store, other]: readonly [Store, Store] = await Promise.all([place.connect(), place.connect()]);
      instances = { store, other };
    });
    afterEach(async () => {
      await Promise.all([instances.store.close(), instances.other.close()]);
      await place.remove();
    });

    describe('runs and leases', () => runsContract(stores));
    describe('rows', () => rowsContract(stores));
    describe('updates', () => updatesContract(stores));
    describe('commit', () => commitContract(stores));
    describe('plans', () => plansContract(stores));
    describe('batches', () => batchesContract(stores));
    describe('inbox', () => inboxContract(stores));
    describe('creation claims', () => creationClaimsContract(stores));
    describe('two instances', () => concurrencyContract(stores));
  });
};
