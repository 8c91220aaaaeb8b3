import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { MINUTE } from '../../src/base/clock.ts';
import { MAX_BODY } from '../../src/sync/webhook-request.ts';
import { messageAt } from './support/flow.ts';
import { LIST, WILMA, WebhookFlow, countsAfter, form, run, status, until } from './support/webhook-flow.ts';

/** algorithm.md, "Webhooks", as Mailchimp calls them. */
describe('webhooks through Node-RED, over HTTP', function () {
  this.timeout(60_000);
  const flow = WebhookFlow.use();

  for (const [how, skipBodyParsing] of [['as they came', true], ['parsed by http in', false]] as const)
    it(`with bodies ${how}: CiviCRM follows what people do at Mailchimp, without a run`, async () => {
      await flow.start({}, { changes: { 'sync-webhook-post': { skipBodyParsing } } });
      const { people, administrators } = flow.services.mailchimp;
      people.subscribe(LIST, WILMA, { mergeFields: { FNAME: 'Wilma', LNAME: 'Flintstone' } });
      await until(() => flow.groupOf(WILMA) === 'Added');
      flow.services.clock.advance(MINUTE);
      people.editProfile(LIST, WILMA, { FNAME: 'Willy' });
      await until(() => [...flow.services.civicrm.tables.contact.all()].some(({ first_name }) => first_name === 'Willy'));
      flow.services.clock.advance(MINUTE);
      people.changeAddress(LIST, WILMA, 'willy@example.org');
      await until(() => flow.groupOf('willy@example.org') === 'Added');
      assert.equal([...flow.services.civicrm.tables.contact.all()].filter(({ first_name }) => first_name === 'Willy').length, 1);
      flow.services.clock.advance(MINUTE);
      people.unsubscribe(LIST, 'willy@example.org');
      await until(() => flow.groupOf('willy@example.org') === 'Removed');
      flow.services.clock.advance(MINUTE);
      people.subscribe(LIST, 'fred@example.org');
      await until(() => flow.groupOf('fred@example.org') === 'Added');
      flow.services.clock.advance(MINUTE);
      administrators.clean(LIST, 'fred@example.org');
      await until(() => flow.groupOf('fred@example.org') === 'Removed');
      assert.ok(flow.services.mailchimp.webhooks.all().every(({ state, attempts }) => state === 'delivered' && attempts === 1));
    });

  it('refuses a wrong secret, what is malformed and what is too large, also in chunks; the flow goes on', async () => {
    await flow.start();
    const statuses = [await flow.post(form(), { secret: 'wrong' }), await flow.post('not a webhook'), await flow.post('x'.repeat(MAX_BODY + 1))];
    assert.deepEqual(statuses, [401, 400, 413]);
    assert.equal(await flow.postInChunks(20), 413);
    assert.equal(await flow.post(form({ type: 'campaign' })), 200);
    const handled = messageAt('sync-handled');
    assert.equal(await flow.post(form()), 200);
    assert.deepEqual((await handled).payload, { handled: 1, waiting: 0 });
  });

  it('takes repeats, an unknown audience and either order of profile and upemail for what they are', async () => {
    await flow.start();
    const { people, webhooks } = flow.services.mailchimp;
    people.subscribe(LIST, WILMA);
    await until(() => flow.groupOf(WILMA) === 'Added');
    flow.services.clock.advance(MINUTE);
    webhooks.manual = true;
    people.changeAddress(LIST, WILMA, 'willy@example.org');
    people.editProfile(LIST, 'willy@example.org', { FNAME: 'Willy' });
    const fired = webhooks.waiting().map(({ id }) => id);
    assert.ok(fired.length >= 2);
    for (const id of fired.toReversed().flatMap((each) => [each, webhooks.repeat(each)])) assert.equal(await webhooks.deliver(id), 200);
    assert.equal(await flow.post(form({ 'data[list_id]': 'ffffffffff' })), 200);
    await until(() => flow.groupOf('willy@example.org') === 'Added');
    await untilNothingWaits();
    const { contact, email } = flow.services.civicrm.tables;
    assert.equal([...contact.all()].filter(({ first_name }) => first_name === 'Willy').length, 1);
    assert.deepEqual([...email.all()].map((row) => row.email).filter((address) => address === WILMA || address === 'willy@example.org').toSorted(), ['willy@example.org', WILMA]);
  });

  it('takes a signature for what it is: good, old, wrong or none, of the body as it came', async () => {
    await flow.start({}, { list: { webhooks: { signingSecret: 'known here' } } });
    const signed = (secret: string, minutes: number, body = form()): Promise<number> => {
      const stamp = Math.floor(flow.services.clock.now() / 1000) - minutes * 60;
      const signature = createHmac('sha256', secret).update(`${stamp}.${form()}`).digest('hex');
      return flow.post(body, { headers: { 'x-mailchimp-signature': `t=${stamp},v1=${signature}` } });
    };
    const statuses = [await signed('known here', 0), await signed('known here', 6), await signed('another', 0), await signed('known here', 0, form({ 'data[email]': 'other@example.org' })), await flow.post(form())];
    assert.deepEqual(statuses, [200, 401, 401, 401, 401]);
  });

  for (const [how, skipBodyParsing] of [['as they came', true], ['parsed by http in', false]] as const)
    it(`with bodies ${how}: neither hostile keys nor other content types do harm`, async () => {
      await flow.start({}, { changes: { 'sync-webhook-post': { skipBodyParsing } } });
      // What http in itself cannot parse, it answers with 500.
      const answers = new Set([200, 400, 413, ...(skipBodyParsing ? [] : [500])]);
      const hostile = [
        `${form({ 'data[email]': '' })}&data[__proto__][email]=${WILMA}&__proto__[polluted]=1&constructor[prototype][polluted]=1&data[constructor][prototype][polluted]=1`,
        `${form()}&${'a'.repeat(10)}${'[x]'.repeat(20_000)}=1`,
        `${form()}&${Array.from({ length: 20_000 }, (_, number) => `k${number}=1`).join('&')}`,
        `${form()}&data[email][x]=1`,
        `${form()}&data[email]=second@example.org`,
        `${form()}&data=x`,
        'type=unsubscribe&fired_at=2026-11-24 08:00:00&data[list_id]=%ff%fe&data[email]=%c3%28',
        form({ fired_at: '' }),
        form({ fired_at: '2099-01-01 00:00:00' }),
        form({ fired_at: '0001-01-01 00:00:00' }),
      ];
      for (const body of hostile) assert.ok(answers.has(await flow.post(body)), body.slice(0, 200));
      for (const type of ['application/json', 'text/plain', 'application/octet-stream', 'multipart/form-data; boundary=none']) {
        const json = type === 'application/json' ? '{"type":"unsubscribe","__proto__":{"polluted":1},"data":{"__proto__":{"polluted":1}}}' : form();
        assert.ok([200, 400].includes(await flow.post(json, { headers: { 'content-type': type } })), type);
      }
      const parts = new FormData();
      parts.set('type', 'unsubscribe');
      assert.equal(await flow.post(parts), 400);
      assert.deepEqual([Reflect.get({}, 'polluted'), Reflect.get(Object, 'polluted')], [undefined, undefined]);
      flow.services.mailchimp.people.subscribe(LIST, 'after@example.org');
      await until(() => flow.groupOf('after@example.org') === 'Added');
      await untilNothingWaits();
    });

  it('ends right when a run syncs the same people at the same time', async () => {
    await flow.start();
    const people = Array.from({ length: 15 }, (_, number) => `both${number}@example.org`);
    // One stays: an audience that everybody leaves at once holds the run.
    for (const email of [...people, 'stays@example.org']) flow.services.mailchimp.people.subscribe(LIST, email);
    await run();
    await until(() => people.every((email) => flow.groupOf(email) === 'Added'));
    flow.services.clock.advance(MINUTE);
    for (const email of people) flow.services.mailchimp.people.unsubscribe(LIST, email);
    await run();
    await untilNothingWaits();
    await run();
    assert.deepEqual(new Set(people.map((email) => flow.groupOf(email))), new Set(['Removed']));
    assert.equal([...flow.services.civicrm.tables.email.all()].filter(({ email }) => email?.startsWith('both')).length, people.length, 'one contact for each');
  });

  it('answers a thousand in a burst while a run is under way, each at the first attempt, and handles them all', async function () {
    this.timeout(180_000);
    await flow.start({ people: 300 });
    const { mailchimp } = flow.services;
    const people = Array.from({ length: 1000 }, (_, number) => `burst${number}@example.org`);
    const done = run();
    for (const email of people) mailchimp.people.subscribe(LIST, email);
    // The sender gives up after ten seconds without an answer, as Mailchimp does, and tries again much later.
    await until(() => people.every((email) => flow.groupOf(email) === 'Added'));
    await done;
    assert.ok(mailchimp.webhooks.all().every(({ state, attempts }) => state === 'delivered' && attempts === 1));
    await untilNothingWaits();
    const addresses = [...flow.services.civicrm.tables.email.all()].filter(({ email }) => email?.startsWith('burst'));
    assert.equal(addresses.length, people.length, 'one contact for each');
  });
});

/** Whose row somebody else had just then is handled again by the poll of every minute. */
async function untilNothingWaits(): Promise<void> {
  for (let minute = 1; minute <= 5 && (await status()).inbox > 0; minute += 1) await countsAfter('sync-poll', 'sync-handled');
  assert.equal((await status()).inbox, 0);
}
