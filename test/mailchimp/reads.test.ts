import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SyncError } from '../../src/base/errors.ts';
import { emailAddress, interestId } from '../../src/base/ids.ts';
import { ScriptedService, empty, html, json } from '../support/scripted-service.ts';
import { KEY, LIST, clientOf, emails, memberBody, problem } from './account.ts';

const page = (members: readonly unknown[], total = members.length): unknown => ({ members, total_items: total, list_id: LIST });
const everything = { listId: LIST, count: 1000, offset: 0, since: null, status: null } as const;
const codeIs = (code: string) => (error: unknown) => error instanceof SyncError && error.code === code;

describe('reading Mailchimp', () => {
  it('asks for one page with just the fields that a member needs, as the account\'s user', async () => {
    const service = new ScriptedService(json(page([memberBody(1)], 2500)));
    const { value } = await clientOf(service).api.membersPage({ ...everything, offset: 2000 });
    const [asked] = service.asked;
    assert.equal(asked?.path, '/3.0/lists/aaaaaaaaaa/members');
    assert.equal(asked?.query.get('count'), '1000');
    assert.equal(asked?.query.get('offset'), '2000');
    assert.ok(asked?.query.get('fields')?.split(',').includes('members.last_changed'));
    assert.equal(asked?.query.has('since_last_changed'), false);
    assert.equal(asked?.query.has('status'), false);
    assert.equal(Buffer.from(asked?.headers['authorization']?.slice('Basic '.length) ?? '', 'base64').toString().split(':')[1], KEY);
    assert.equal(value.totalItems, 2500);
  });

  it('reads a member: lower-cased address, dates, interests, names', async () => {
    const { value } = await clientOf(new ScriptedService(json(page([memberBody(1)])))).api.membersPage(everything);
    assert.deepEqual(value.members, [
      {
        hash: 'hash1',
        contactId: 'contact1',
        email: 'person1@example.org',
        status: 'subscribed',
        lastChanged: Date.UTC(2026, 1, 23, 16, 25, 57),
        timestampOpt: Date.UTC(2026, 1, 23, 16, 25, 50),
        interests: { [interestId('56b7d77fbd')]: true },
        firstName: 'Wilma',
        lastName: 'Flintstone',
        mergeFields: { FNAME: 'Wilma', LNAME: 'Flintstone' },
        tags: null,
      },
    ]);
  });

  it('takes what Mailchimp leaves empty: opt-in time, interests, names', async () => {
    const { value } = await clientOf(new ScriptedService(json(memberBody(1, { timestamp_opt: '', interests: undefined, merge_fields: { FNAME: 7 } })))).api.member(LIST, emailAddress('person1@example.org'));
    assert.deepEqual([value?.timestampOpt, value?.interests, value?.firstName, value?.lastName], [null, {}, '7', '']);
  });

  it('asks for tags only where they are wanted, and takes them only when all are shown', async () => {
    const tagged = memberBody(1, { tags: [{ id: 1, name: 'a' }], tags_count: 1 });
    const hidden = memberBody(2, { tags: [{ id: 1, name: 'a' }], tags_count: 51 });
    const service = new ScriptedService(json(page([tagged, hidden])));
    const { value } = await clientOf(service).api.membersPage({ ...everything, withTags: true });
    assert.deepEqual(value.members.map(({ tags }) => tags), [['a'], null]);
    assert.ok(service.asked[0]?.query.get('fields')?.includes('members.tags_count'));
  });

  it('reads all tags of a member, page by page; null where there is none', async () => {
    const names = Array.from({ length: 1001 }, (_, index) => `tag ${index}`);
    const tags = (from: number, to: number) => json({ tags: names.slice(from, to).map((name) => ({ name })), total_items: 1001 });
    const service = new ScriptedService(tags(0, 1000), tags(1000, 1001), json(problem(404, 'Resource Not Found'), 404));
    const { api } = clientOf(service);
    assert.deepEqual(await api.memberTags(LIST, emailAddress('a@example.org')), names);
    assert.deepEqual(service.asked.map(({ query }) => query.get('offset')), ['0', '1000']);
    assert.equal(await api.memberTags(LIST, emailAddress('b@example.org')), null);
  });

  it('reads the merge fields of an audience with their kinds', async () => {
    const service = new ScriptedService(json({ merge_fields: [{ tag: 'PHONE', type: 'phone', options: { phone_format: 'US' } }, { tag: 'JOB', type: 'text', options: {} }], total_items: 2 }));
    assert.deepEqual(await clientOf(service).api.mergeFields(LIST), [{ tag: 'PHONE', type: 'phone', phoneFormat: 'US' }, { tag: 'JOB', type: 'text', phoneFormat: null }]);
  });

  it('counts members without an address or a hash instead of reading them', async () => {
    const without = [memberBody(2, { email_address: '' }), memberBody(3, { id: null, email_address: null }), memberBody(4, { id: '' })];
    const { value } = await clientOf(new ScriptedService(json(page([memberBody(1), ...without])))).api.membersPage(everything);
    assert.deepEqual([emails(value.members), value.withoutEmail, value.length], [['person1@example.org'], 3, 4]);
  });

  for (const [what, change, where] of [
    ['a date that is none', { last_changed: '2026-02-31T00:00:00+00:00' }, '/members/0/last_changed'],
    ['an opt-in time that is none', { timestamp_opt: 'never' }, '/members/0/timestamp_opt'],
    ['a status that is none', { status: 'asleep' }, '/members/0/status'],
    ['no contact id', { contact_id: null }, '/members/0/contact_id'],
    ['interests of another kind', { interests: { '56b7d77fbd': 'yes' } }, '/members/0/interests/56b7d77fbd'],
  ] as const) {
    it(`refuses an answer with ${what} and says where`, async () => {
      await assert.rejects(clientOf(new ScriptedService(json(page([memberBody(1, change)])))).api.membersPage(everything), (error: unknown) => {
        assert.ok(error instanceof SyncError && error.code === 'mailchimp_unexpected');
        assert.ok(error.message.includes(where), error.message);
        return true;
      });
    });
  }

  it('sends "since" in UTC, and leaves it out when it is older than Mailchimp', async () => {
    const service = new ScriptedService(json(page([])));
    const { api } = clientOf(service);
    await api.membersPage({ ...everything, since: Date.UTC(2026, 9, 1, 12, 0, 0, 500), status: 'archived' });
    await api.membersPage({ ...everything, since: 0 });
    assert.equal(service.asked[0]?.query.get('since_last_changed'), '2026-10-01T12:00:00+00:00');
    assert.equal(service.asked[0]?.query.get('status'), 'archived');
    assert.equal(service.asked[1]?.query.has('since_last_changed'), false);
  });

  it('dates an answer by Mailchimp\'s own clock and knows how far it is off', async () => {
    const { api, clock } = clientOf(new ScriptedService(json(page([]), 200, { date: new Date(Date.UTC(2026, 10, 24, 9, 5, 0)).toUTCString() })));
    const { servedAt } = await api.membersPage(everything);
    assert.equal(servedAt, Date.UTC(2026, 10, 24, 9, 5, 0));
    assert.ok(Math.abs(api.clockOffset() - (servedAt - clock.now())) < 1000);
  });

  it('says null for what Mailchimp does not have, and nothing of the kind for a 404 that is not Mailchimp\'s', async () => {
    assert.equal((await clientOf(new ScriptedService(json(problem(404, 'Resource Not Found'), 404))).api.member(LIST, emailAddress('a@b.c'))).value, null);
    assert.equal(await clientOf(new ScriptedService(json(problem(404, 'Resource Not Found'), 404))).api.audience(LIST), null);
    await assert.rejects(clientOf(new ScriptedService(html(404))).api.member(LIST, emailAddress('a@b.c')), codeIs('mailchimp_unexpected'));
  });

  it('says that the audience is missing when its members or interests are asked for', async () => {
    const gone = new ScriptedService(json(problem(404, 'Resource Not Found'), 404));
    await assert.rejects(clientOf(gone).api.membersPage(everything), codeIs('audience_missing'));
    await assert.rejects(clientOf(gone).api.interests(LIST), codeIs('audience_missing'));
  });

  it('puts together the interests of all categories', async () => {
    const service = new ScriptedService(
      json({ categories: [{ id: 'c1' }, { id: 'c2' }], total_items: 2 }),
      json({ interests: [{ id: 'i1', name: 'News' }], total_items: 1 }),
      json({ interests: [{ id: 'i2', name: 'Events' }, { id: 'i3', name: 'Shop' }], total_items: 2 }),
    );
    assert.deepEqual([...(await clientOf(service).api.interests(LIST))], [['i1', 'News'], ['i2', 'Events'], ['i3', 'Shop']]);
  });

  it('reads an audience', async () => {
    const service = new ScriptedService(json({ id: LIST, name: 'Main', stats: { member_count: 12, other: 1 } }));
    assert.deepEqual(await clientOf(service).api.audience(LIST), { name: 'Main', memberCount: 12 });
  });

  for (const [what, answer] of [
    ['429', json(problem(429, 'Too Many Requests'), 429)],
    ['403 without a body', empty(403)],
    ['403 with a page', html(403)],
    ['500', html(500)],
    ['503', json(problem(503, 'Out of order'), 503)],
    ['a broken connection', { failure: 'reset' }],
  ] as const) {
    it(`asks again after ${what}, later and later`, async () => {
      const service = new ScriptedService(answer, answer, answer, json(page([memberBody(1)])));
      const { api, clock } = clientOf(service);
      assert.equal((await api.membersPage(everything)).value.length, 1);
      assert.equal(service.asked.length, 4);
      assert.deepEqual(clock.waits, [...clock.waits].sort((a, b) => a - b));
      assert.ok(clock.waits.every((wait) => wait > 0));
    });
  }

  it('asks again only after 150 seconds when there was no answer', async () => {
    const service = new ScriptedService({ failure: 'hang' }, json(page([])));
    const { api, clock } = clientOf(service);
    const start = clock.now();
    await api.membersPage(everything);
    assert.ok(clock.now() - start >= 150_000);
  });

  it('waits as long as Retry-After says', async () => {
    const { api, clock } = clientOf(new ScriptedService(empty(429, { 'retry-after': '77' }), json(page([]))));
    await api.membersPage(everything);
    assert.ok((clock.waits[0] ?? 0) >= 77_000);
  });

  for (const [what, answer, code] of [
    ['an overload', empty(429), 'mailchimp_overloaded'],
    ['an error', empty(500), 'mailchimp_unreachable'],
    ['silence', { failure: 'hang' }, 'mailchimp_unreachable'],
  ] as const) {
    it(`gives up on ${what} when the deadline is over`, async () => {
      const { api, clock } = clientOf(new ScriptedService(answer), { deadline: 600_000 });
      const start = clock.now();
      await assert.rejects(api.membersPage(everything), codeIs(code));
      assert.ok(clock.now() - start <= 600_000 + 125_000);
    });
  }

  for (const [what, answer, code] of [
    ['a wrong key', json(problem(401, 'API Key Invalid'), 401), 'mailchimp_unauthorized'],
    ['a redirect', empty(301, { location: 'http://us11.api.test/3.0/' }), 'mailchimp_unexpected'],
    ['a refusal', json(problem(400, 'Invalid Resource'), 400), 'mailchimp_refused'],
    ['a page', html(200), 'mailchimp_unexpected'],
  ] as const) {
    it(`does not ask again after ${what}`, async () => {
      const service = new ScriptedService(answer);
      await assert.rejects(clientOf(service).api.membersPage(everything), codeIs(code));
      assert.equal(service.asked.length, 1);
    });
  }

  it('uses fewer connections while Mailchimp says that they are too many', async () => {
    const { api, budget } = clientOf(new ScriptedService(empty(429), json(page([]))));
    await api.membersPage(everything);
    assert.equal(budget.limit, 4);
  });

  it('gives every connection back, whatever happens', async () => {
    for (const answer of [json(page([])), empty(301), { failure: 'reset' } as const, html(200)]) {
      const { api, budget } = clientOf(new ScriptedService(answer));
      await api.membersPage(everything).catch(() => undefined);
      assert.equal(budget.used, 0);
    }
  });

  it('stops when told to, also while it waits', async () => {
    const stop = new AbortController();
    const service = new ScriptedService(() => {
      stop.abort();
      return empty(429);
    });
    await assert.rejects(clientOf(service).api.membersPage(everything, stop.signal), codeIs('aborted'));
  });

  it('counts requests by kind', async () => {
    const { api } = clientOf(new ScriptedService(empty(500), json(page([])), json(memberBody(1))));
    await api.membersPage(everything);
    await api.member(LIST, emailAddress('person1@example.org'));
    assert.deepEqual([...api.requests()], [['GET members', 2], ['GET member', 1]]);
  });

  it('puts neither keys nor people into errors', async () => {
    const person = emailAddress('wilma@example.org');
    const answers = [json(problem(400, `${KEY} wilma@example.org`), 400), json(problem(401, 'x'), 401), empty(301), html(200), { failure: 'reset' } as const, json(memberBody(1, { status: 'wilma@example.org' }))];
    for (const answer of answers) {
      const error: unknown = await clientOf(new ScriptedService(answer), { deadline: 0 }).api.member(LIST, person).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof SyncError);
      assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), new RegExp(`wilma|${KEY}|Authorization`));
      assert.match(error.message, /GET \/lists\/\{list\}\/members\/\{member\}/);
    }
  });
});
