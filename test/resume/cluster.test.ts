import assert from 'node:assert/strict';
import { concurrencyContract } from '../contract/store/concurrency-contract.ts';
import type { Stores } from '../contract/store/samples.ts';
import { openMysqlStore } from '../../src/store/mysql/mysql-store.ts';
import { launchGalera, type Cluster } from '../support/galera.ts';
import { mysqlPlace, PREFIX, query } from '../store/mysql-place.ts';
import { World } from './world.ts';

const PEOPLE = 80;

describe('Two instances on two nodes of a Galera cluster', function () {
  this.timeout(60_000);
  let cluster: Cluster;
  before(async function () {
    cluster = await launchGalera(this);
  });
  after(() => cluster?.stop());

  const urlAt = (node: number): string => cluster.nodes[node]?.url('store') ?? assert.fail();
  const at = (node: number) => ({ kind: 'mysql', url: urlAt(node), tablePrefix: PREFIX }) as const;

  it('open a new store at the same moment: it is one', async () => {
    const stores = await Promise.all([0, 1, 0, 1].map((node) => openMysqlStore({ url: urlAt(node), tablePrefix: PREFIX })));
    assert.equal(new Set(stores.map(({ id }) => id)).size, 1);
    await Promise.all(stores.map((store) => store.close()));
  });

  describe('at the same moment', () => {
    let instances: Stores;
    beforeEach(async () => {
      const [store, other] = await Promise.all([openMysqlStore(at(0)), openMysqlStore(at(1))]);
      instances = { store, other };
    });
    afterEach(async () => {
      await Promise.all([instances.store.close(), instances.other.close()]);
      await mysqlPlace(urlAt(0)).remove();
    });

    concurrencyContract(() => instances);

    after(async () => {
      const refused = await Promise.all([0, 1].map((node) => query(urlAt(node), `SHOW STATUS WHERE Variable_name IN ('wsrep_local_cert_failures', 'wsrep_local_bf_aborts')`)));
      assert.ok(refused.flat().some(({ Value }) => Number(Value) > 0), 'no two nodes were in each other’s way: nothing was shown');
    });
  });

  describe('at work', () => {
    let world: World;
    beforeEach(async () => {
      world = await World.open({ people: PEOPLE, store: at(0), reachedAt: at(1) });
    });
    afterEach(async () => {
      await world.close();
      await mysqlPlace(urlAt(1)).remove();
    });

    it('one is killed in the middle: the other takes over on its node, and completes', async () => {
      await world.dies('after the CiviCRM call, before it is recorded');
      await world.goesOn();
      await world.assertInStep();
    });

    // The last test: the node does not come back.
    it('the node of one is killed in the middle: the other completes on its own', async () => {
      const killed: Promise<void>[] = [];
      world.traffic.arrives = (what) => {
        const [node] = cluster.nodes;
        if (node && killed.length === 0 && what.endsWith('Contact/save')) killed.push(node.stop('SIGKILL'));
      };
      const { code, said } = await world.starts(undefined).ended;
      assert.deepEqual([code, said], [1, 'store_unavailable']);
      await Promise.all(killed);
      await world.goesOn();
      await world.assertInStep();
    });
  });
});
