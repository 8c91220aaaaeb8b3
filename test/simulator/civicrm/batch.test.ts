import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CivicrmSimulator } from '../../../src/simulator/civicrm/simulator.ts';
import { send, site } from './site.ts';

async function batch(civi: CivicrmSimulator, calls: unknown): Promise<{ status: number; body: unknown }> {
  const response = await send(civi, { path: '/civicrm/ajax/api4', body: new URLSearchParams({ calls: JSON.stringify(calls) }).toString() });
  return { status: response.status, body: response.status === 500 && !String(response.body).startsWith('[') ? response.body : JSON.parse(String(response.body)) };
}
const messages = (body: unknown): unknown[] => (body as { error_message?: string; count?: number }[]).map((part) => part.error_message ?? part.count);

describe('simulated CiviCRM: several calls in one request', () => {
  it('answers a list with a list and an object with the same keys', async () => {
    const { civi } = site();
    const list = await batch(civi, [['Contact', 'get', { where: [['id', '=', 1]] }], ['Group', 'get', {}]]);
    assert.deepEqual([list.status, messages(list.body)], [200, [1, 1]]);
    const keyed = await batch(civi, { me: ['Contact', 'get', { select: ['id'], where: [['id', '=', 1]] }, 0], groups: ['Group', 'get', { select: ['name'] }, { id: 'name' }] });
    const { me, groups } = keyed.body as { me: { values: unknown }; groups: { values: unknown } };
    assert.deepEqual([me.values, groups.values], [{ id: 1 }, { 1: 'Administrators' }]);
  });

  it('has status 200 when any call worked, else that of the first failure; each failure says its own', async () => {
    const { civi } = site();
    const some = await batch(civi, [['Contact', 'get', { where: [['nope', '=', 1]] }], ['Contact', 'get', { where: [['id', '=', 1]] }]]);
    assert.deepEqual([some.status, messages(some.body)], [200, ["Invalid field 'nope'", 1]]);
    const none = await batch(civi, [['Contribution', 'get', {}], ['Contact', 'get', { where: [['nope', '=', 1]] }]]);
    assert.equal(none.status, 403);
  });

  it('runs the calls in order', async () => {
    const { civi } = site();
    const group = civi.acts.createGroup({ title: 'Newsletter' });
    const { body } = await batch(civi, [
      ['GroupContact', 'save', { records: [{ group_id: group, contact_id: 1 }], match: ['group_id', 'contact_id'] }],
      ['GroupContact', 'get', { where: [['group_id', '=', group]] }],
    ]);
    assert.deepEqual(messages(body), [1, 1]);
  });

  it('fails as a page of status 500 when there are no calls', async () => {
    const { civi } = site();
    for (const body of ['calls=[]', 'calls=[[', 'x=1']) assert.equal((await send(civi, { path: '/civicrm/ajax/api4', body })).status, 500);
  });

  it('counts each call and the batch', async () => {
    const { civi } = site();
    await batch(civi, [['Contact', 'get', {}], ['Contact', 'get', {}]]);
    assert.deepEqual([...civi.requests()], [['batch', 1], ['Contact.get', 2]]);
  });
});
