import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { KEY, NOW, call, rows, send, site, without } from './site.ts';

const PROBE = new URLSearchParams({ params: JSON.stringify({ select: ['id', 'display_name'], where: [['id', '=', 'user_contact_id']] }) }).toString();
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const AUTH = { 'x-civi-auth': `Bearer ${KEY}` };

describe('simulated CiviCRM: requests and answers', () => {
  it('answers the probe with exactly the contact of the key', async () => {
    const { civi } = site();
    const probe = await call(civi, 'Contact.get', { select: ['id', 'display_name'], where: [['id', '=', 'user_contact_id']] });
    assert.deepEqual(probe.body, {
      values: [{ id: 3, display_name: 'Sync Bot' }],
      entity: 'Contact',
      action: 'get',
      debug: null,
      version: 4,
      errors: [],
      max_error_level: null,
      is_blocking_error: false,
      count: 1,
      countFetched: 1,
    });
  });

  it('takes the key from either header, from _authx and from api_key', async () => {
    const { civi } = site();
    for (const headers of [AUTH, { authorization: `Bearer ${KEY}` }]) {
      assert.match(String((await send(civi, { headers: { ...FORM, ...headers }, body: PROBE })).body), /Sync Bot/);
    }
    for (const field of [`_authx=Bearer+${KEY}`, `api_key=${KEY}`]) {
      assert.match(String((await send(civi, { headers: FORM, body: `${PROBE}&${field}` })).body), /Sync Bot/);
    }
  });

  it('refuses an unknown key, one without Bearer, and one whose role may not use keys, in plain text', async () => {
    const { civi } = site();
    civi.addKey('no-auth', without('authenticate with api key'));
    for (const [credential, text] of [['Bearer wrong', 'HTTP 401 Invalid credential'], [KEY, 'HTTP 401 Invalid credential'], ['Bearer no-auth', 'HTTP 401 Login not permitted. Must satisfy guard (site_key, perm).']] as const) {
      const response = await send(civi, { headers: { ...FORM, 'x-civi-auth': credential }, body: PROBE });
      assert.deepEqual([response.status, response.headers['content-type'], response.body], [401, 'text/plain;charset=UTF-8', text]);
    }
  });

  it('lets a script without a key read nothing, and refuses it without X-Requested-With', async () => {
    const { civi } = site();
    const anonymous = await send(civi, { headers: { ...FORM, 'x-requested-with': 'XMLHttpRequest' }, body: PROBE });
    assert.deepEqual([anonymous.status, (JSON.parse(String(anonymous.body)) as { values: unknown }).values], [200, []]);
    assert.equal((await send(civi, { headers: FORM, body: PROBE })).status, 400);
  });

  it('does not read a JSON body, so that a read returns everything', async () => {
    const { civi } = site();
    const response = await send(civi, { headers: { ...AUTH, 'content-type': 'application/json' }, body: JSON.stringify({ params: { select: ['id'], limit: 1 } }) });
    const { values } = JSON.parse(String(response.body)) as { values: object[] };
    assert.equal(values.length, 3);
    assert.ok(Object.keys(values[0] ?? {}).length > 30);
  });

  it('does not read the body of a PUT either', async () => {
    const { civi } = site();
    const response = await send(civi, { method: 'PUT', headers: { ...AUTH, ...FORM }, body: PROBE });
    assert.equal((JSON.parse(String(response.body)) as { count: number }).count, 3);
  });

  it('runs a write with a JSON body as one without values', async () => {
    const { civi } = site();
    const response = await send(civi, { path: '/civicrm/ajax/api4/Contact/update', headers: { ...AUTH, 'content-type': 'application/json' }, body: '{"values":{"first_name":"x"}}' });
    assert.equal(response.status, 500);
    assert.match(String(response.body), /Parameter \\"values\\" is required\./);
  });

  it('takes parameters from a multipart form and from the query', async () => {
    const { civi } = site();
    const part = '--Edge\r\nContent-Disposition: form-data; name="params"\r\n\r\n{"select":["id"],"limit":1}\r\n--Edge--\r\n';
    const multipart = await send(civi, { headers: { ...AUTH, 'content-type': 'multipart/form-data; boundary=Edge' }, body: part });
    assert.equal((JSON.parse(String(multipart.body)) as { count: number }).count, 1);
    const query = await send(civi, { headers: AUTH, query: PROBE });
    assert.match(String(query.body), /Sync Bot/);
  });

  it('allows GET for reads and answers 405 for writes and batches', async () => {
    const { civi } = site();
    assert.equal((await send(civi, { method: 'GET', headers: AUTH, query: PROBE })).status, 200);
    assert.equal((await send(civi, { method: 'GET', headers: AUTH, path: '/civicrm/ajax/api4/Contact/update' })).status, 405);
    assert.equal((await send(civi, { method: 'GET', headers: AUTH, path: '/civicrm/ajax/api4', query: 'calls=[]' })).status, 405);
  });

  it('answers parameters that are not an object with an error page of status 500, and empty ones with everything', async () => {
    const { civi } = site();
    for (const params of ['{"select":', '5', '"x"']) {
      const response = await send(civi, { body: new URLSearchParams({ params }).toString() });
      assert.deepEqual([response.status, response.headers['content-type']], [500, 'text/html; charset=UTF-8']);
    }
    assert.equal((JSON.parse(String((await send(civi, { body: 'params=' })).body)) as { count: number }).count, 3);
  });

  it('takes an entity in lower case, an action with a capital and a slash too many', async () => {
    const { civi } = site();
    for (const path of ['contact/get', 'Contact/Get', 'Contact/get/']) {
      assert.match(String((await send(civi, { path: `/civicrm/ajax/api4/${path}`, body: PROBE })).body), /Sync Bot/);
    }
  });

  it('dates every answer by its own clock', async () => {
    const { civi } = site({ skew: -90_000 });
    const response = await send(civi, { body: PROBE });
    assert.equal(Date.parse(response.headers['date'] ?? ''), NOW - 90_000);
  });

  it('shows a page with status 200 when the database is down, and 503 in maintenance', async () => {
    const { civi } = site();
    civi.setCondition('database down');
    const down = await send(civi, { body: PROBE });
    assert.deepEqual([down.status, down.headers['content-type']], [200, 'text/html; charset=UTF-8']);
    civi.setCondition('maintenance');
    const closed = await send(civi, { body: PROBE });
    assert.deepEqual([closed.status, JSON.parse(String(closed.body))], [503, { status_code: 503, status_message: 'Temporarily unavailable for maintenance.' }]);
    civi.setCondition('running');
    assert.equal((await send(civi, { body: PROBE })).status, 200);
  });

  it('shows its login page, with status 200, for a path that is not of the API', async () => {
    const { civi } = site();
    const response = await send(civi, { path: '/civicrm/no/such/page' });
    assert.deepEqual([response.status, response.headers['content-type']], [200, 'text/html; charset=UTF-8']);
  });

  it('says what it does not simulate, instead of answering something else', async () => {
    const { civi } = site();
    const body = new URLSearchParams({ params: JSON.stringify({ where: [['first_name', 'REGEXP', 'x']] }) }).toString();
    const response = await send(civi, { body });
    assert.equal(response.status, 501);
    assert.match(String(response.body), /operator REGEXP/);
  });

  it('keys rows by a field, or takes one, when index is given', async () => {
    const { civi } = site();
    const indexedBy = async (index: string): Promise<unknown> => (JSON.parse(String((await send(civi, { body: `${PROBE}&index=${index}` })).body)) as { values: unknown }).values;
    assert.deepEqual(await indexedBy('id'), { 3: { id: 3, display_name: 'Sync Bot' } });
    assert.deepEqual(await indexedBy('0'), { id: 3, display_name: 'Sync Bot' });
  });

  it('runs a chain for each row', async () => {
    const { civi } = site();
    const group = civi.acts.createGroup({ title: 'Newsletter' });
    const [created] = await rows(civi, 'Contact.create', { values: { first_name: 'Tex' }, chain: { member: ['GroupContact', 'create', { values: { group_id: group, contact_id: '$id' } }] } });
    assert.equal(civi.tables.groupContact.find('contact_id', Number(created?.['id']))[0]?.status, 'Added');
  });
});
