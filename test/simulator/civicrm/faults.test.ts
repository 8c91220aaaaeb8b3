import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CivicrmFault } from '../../../src/simulator/civicrm/faults.ts';
import { request, send, site } from './site.ts';

const CREATE = { path: '/civicrm/ajax/api4/Contact/create', body: new URLSearchParams({ params: '{"values":{"first_name":"X"}}' }).toString() };

describe('simulated CiviCRM: faults', () => {
  it('hits as many matching requests as planned, after letting some pass, and no others', async () => {
    const { civi } = site();
    civi.plan({ fault: { kind: 'status', status: 502 }, entity: 'Contact', action: 'create', times: 2, after: 1 });
    const statuses: number[] = [];
    for (const path of ['create', 'get', 'create', 'create', 'create']) statuses.push((await send(civi, { ...CREATE, path: `/civicrm/ajax/api4/Contact/${path}`, body: path === 'get' ? '' : CREATE.body })).status);
    assert.deepEqual(statuses, [200, 200, 502, 502, 200]);
  });

  const kinds: readonly { readonly fault: CivicrmFault; readonly ends: unknown; readonly done: boolean }[] = [
    { fault: { kind: 'status', status: 500 }, ends: 500, done: false },
    { fault: { kind: 'html' }, ends: 200, done: false },
    { fault: { kind: 'reset' }, ends: 'reset', done: false },
    { fault: { kind: 'hang' }, ends: 'hang', done: false },
    { fault: { kind: 'slow', delay: 1 }, ends: 200, done: true },
    { fault: { kind: 'done-status', status: 500 }, ends: 500, done: true },
    { fault: { kind: 'done-reset' }, ends: 'reset', done: true },
  ];
  for (const { fault, ends, done } of kinds) {
    it(`${fault.kind} ends in ${String(ends)} with the work ${done ? 'done' : 'not done'}`, async () => {
      const { civi } = site();
      civi.plan({ fault });
      const response = await civi.handle(request(CREATE));
      assert.equal('failure' in response ? response.failure : response.status, ends);
      assert.equal(civi.tables.contact.size, done ? 4 : 3);
    });
  }

  it('cut-short ends in reset with some contacts made, one without its address, and the others not', async () => {
    const { civi } = site();
    civi.plan({ fault: { kind: 'cut-short', contacts: 1 } });
    const records = ['a', 'b', 'c'].map((name) => ({ contact_type: 'Individual', first_name: name, 'email_primary.email': `${name}@example.org` }));
    const save = { path: '/civicrm/ajax/api4/Contact/save', body: new URLSearchParams({ params: JSON.stringify({ records }) }).toString() };
    assert.deepEqual(await civi.handle(request(save)), { failure: 'reset' });
    const made = [...civi.tables.contact.all()].slice(3).map(({ id, first_name: name }) => [name, civi.tables.email.find('contact_id', id).length]);
    assert.deepEqual(made, [['a', 1], ['b', 0]]);
    assert.equal((await send(civi, save)).status, 200, 'the next request is served as ever');
  });

  it('can be cleared', async () => {
    const { civi } = site();
    civi.plan({ fault: { kind: 'reset' }, times: 5 });
    civi.clearFaults();
    assert.equal((await send(civi, CREATE)).status, 200);
  });
});
