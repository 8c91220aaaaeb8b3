import assert from 'node:assert/strict';
import { groupId, listId, startControlledWorld, wilma, type ControlledWorld } from './controlled-world.ts';

describe('the control interface', () => {
  let world: ControlledWorld;
  beforeEach(async () => {
    world = await startControlledWorld();
  });
  afterEach(async () => world.simulators.close());

  it('sets, freezes, advances and runs the clock of both services', async () => {
    const noon = Date.UTC(2026, 2, 1, 12);
    assert.equal(await world.act('clock', 'get'), Date.UTC(2026, 0, 1));
    assert.equal(await world.act('clock', 'set', { to: noon }), noon);
    assert.equal(await world.act('clock', 'advance', { by: 60_000 }), noon + 60_000);
    assert.equal(await world.act('clock', 'freeze', { at: noon }), noon);
    for (const url of [`${world.simulators.urls.mailchimp}/3.0/`, world.simulators.urls.civicrm]) {
      assert.equal((await fetch(url)).headers.get('date'), 'Sun, 01 Mar 2026 12:00:00 GMT');
    }
    const ran = await world.act('clock', 'run');
    assert.ok(typeof ran === 'number' && ran >= noon && ran < noon + 60_000);
    assert.deepEqual(world.simulators.clock.save().frozen, null);
    await world.act('clock', 'freeze');
    assert.equal(await world.act('clock', 'get'), world.simulators.clock.save().frozen);
  });

  it('shows the whole state of both services', async () => {
    const { body } = await world.ask('GET', '/state');
    const { clock, mailchimp, civicrm } = body.result as Record<string, unknown>;
    assert.deepEqual(clock, world.simulators.clock.save());
    assert.deepEqual(mailchimp, plain(world.simulators.mailchimp.save()));
    assert.deepEqual(civicrm, plain(world.simulators.civicrm.save()));
  });

  it('counts people by status on both sides', async () => {
    await world.act('civicrm', 'addToGroup', { contactId: world.contactId, groupId });
    await world.act('mailchimp', 'person.signUp', { listId, address: 'new@example.org' });
    const { body } = await world.ask('GET', '/summary');
    const { mailchimp, civicrm } = body.result as { mailchimp: { members: unknown }; civicrm: { groups: unknown } };
    assert.deepEqual(mailchimp.members, { [listId]: { subscribed: 1, pending: 1 } });
    assert.deepEqual(civicrm.groups, { [groupId]: { Added: 1 } });
  });

  it('counts requests by service and kind, and begins anew when told to', async () => {
    await fetch(`${world.simulators.urls.mailchimp}/3.0/lists/${listId}`);
    const counted = { mailchimp: { 'GET /3.0/lists/:id': 1 }, civicrm: {} };
    assert.deepEqual((await world.ask('GET', '/requests')).body.result, counted);
    assert.equal((await world.ask('DELETE', '/requests')).status, 200);
    assert.deepEqual((await world.ask('GET', '/requests')).body.result, { mailchimp: {}, civicrm: {} });
  });

  it('judges the generated people, by what the sync reports too', async () => {
    assert.deepEqual((await world.ask('GET', '/judge')).body.result, []);
    assert.deepEqual((await world.ask('POST', '/judge', { reported: [{ email: wilma, contactId: null, reason: 'other' }] })).body.result, []);
    assert.match((await world.ask('POST', '/judge', { reported: [{ email: 5, reason: 'other' }] })).body.error ?? '', /the body must be/);
  });

  it('refuses what it does not know, with what there is', async () => {
    const refusal = async (body: unknown): Promise<string | undefined> => {
      const answered = await world.ask('POST', '/act', body);
      assert.equal(answered.status, 400);
      return answered.body.error;
    };
    assert.match((await refusal({ service: 'mailchimps', act: 'x' })) ?? '', /^unknown service "mailchimps"; there are mailchimp, civicrm, clock$/);
    assert.match((await refusal({ service: 'clock', act: 'constructor' })) ?? '', /^unknown act "constructor"; there are get, set, freeze, advance, run$/);
    assert.equal(await refusal({ service: 'clock', act: 'set', args: { to: 'noon' } }), 'argument "to" must be a number, not "noon"');
    assert.equal(await refusal({ service: 'clock', act: 'set' }), 'argument "to" is missing: a number');
    assert.equal(await refusal({ service: 'clock', act: 'get', args: { at: 1 } }), 'unknown argument "at"');
    assert.equal(await refusal({ service: 'clock', act: 'get', arguments: {} }), 'unknown property "arguments"');
    assert.equal(await refusal({ service: 'clock', act: 'get', args: [] }), '"args" must be an object');
    assert.match((await refusal([])) ?? '', /the body must be/);
    assert.match((await refusal({ service: 'civicrm', act: 'trash', args: { contactId: 4711 } })) ?? '', /4711/);
    const unknown = await world.ask('GET', '/nowhere');
    assert.equal(unknown.status, 404);
    assert.match(unknown.body.error ?? '', /there is no GET \/nowhere; there are GET \/acts, POST \/act/);
  });

  it('takes JSON that says so alone, so that no web page can make it act', async () => {
    const post = (headers: Record<string, string>, body: string): Promise<Response> => fetch(`${world.simulators.urls.control}/act`, { method: 'POST', headers, body });
    const body = JSON.stringify({ service: 'clock', act: 'set', args: { to: 0 } });
    assert.equal((await post({ 'content-type': 'text/plain' }, body)).status, 400);
    assert.equal((await post({ 'content-type': 'application/json' }, '{')).status, 400);
    assert.notEqual(world.simulators.clock.now(), 0);
  });

  it('describes the arguments of every act', async () => {
    const { body } = await world.ask('GET', '/acts');
    const acts = body.result as Record<string, Record<string, Record<string, string>>>;
    assert.deepEqual(acts['civicrm']?.['addToGroup'], { contactId: 'a number', groupId: 'a number', method: 'one of: Admin, Email, Form, Web, API, optional' });
    assert.deepEqual(acts['clock'], { get: {}, set: { to: 'a number' }, freeze: { at: 'a number, optional' }, advance: { by: 'a number' }, run: {} });
  });
});

/** As it comes out of JSON. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
