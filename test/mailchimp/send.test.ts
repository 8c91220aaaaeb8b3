import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SyncError } from '../../src/base/errors.ts';
import type { MemberOperation } from '../../src/mailchimp/api.ts';
import { MaybeDone, NotDone } from '../../src/mailchimp/send-errors.ts';
import { ScriptedService, empty, html, json } from '../support/scripted-service.ts';
import { KEY, clientOf, memberBody, problem } from './account.ts';

const operation: MemberOperation = {
  method: 'PUT',
  path: '/lists/aaaaaaaaaa/members/wilma@example.org',
  query: { skip_merge_validation: 'true' },
  body: { email_address: 'wilma@example.org', status_if_new: 'subscribed' },
};

describe('sending one operation to Mailchimp', () => {
  it('sends method, path, query and body', async () => {
    const service = new ScriptedService(json(memberBody(1)));
    await clientOf(service).api.send(operation);
    const [asked] = service.asked;
    assert.equal(`${asked?.method} ${asked?.path}?${asked?.query}`, 'PUT /3.0/lists/aaaaaaaaaa/members/wilma@example.org?skip_merge_validation=true');
    assert.deepEqual(JSON.parse(Buffer.from(asked?.body ?? '').toString()), operation.body);
    assert.equal(asked?.headers['content-type'], 'application/json');
  });

  it('gives a refusal as an answer', async () => {
    const { api } = clientOf(new ScriptedService(json(problem(400, 'Member In Compliance State'), 400)));
    const { value } = await api.send(operation);
    assert.equal(value.statusCode, 400);
    assert.deepEqual(value.body, problem(400, 'Member In Compliance State'));
  });

  it('gives no body where there is none', async () => {
    assert.deepEqual((await clientOf(new ScriptedService(empty(204))).api.send({ method: 'DELETE', path: '/lists/a/members/b' })).value, { statusCode: 204, body: null });
  });

  for (const [what, answer, Class, code] of [
    ['429', empty(429), NotDone, 'mailchimp_overloaded'],
    ['403 without a body', empty(403), NotDone, 'mailchimp_overloaded'],
    ['401', json(problem(401, 'API Key Invalid'), 401), NotDone, 'mailchimp_unauthorized'],
    ['500', json(problem(500, 'Oops'), 500), MaybeDone, 'mailchimp_unreachable'],
    ['502 with a page', html(502), MaybeDone, 'mailchimp_unreachable'],
    ['a broken connection', { failure: 'reset' }, MaybeDone, 'mailchimp_unreachable'],
    ['silence', { failure: 'hang' }, MaybeDone, 'mailchimp_unreachable'],
    ['an answer that cannot be read', html(200), MaybeDone, 'mailchimp_unexpected'],
    ['a redirect', empty(302), MaybeDone, 'mailchimp_unexpected'],
  ] as const) {
    it(`throws ${Class.name} after ${what}, having sent once`, async () => {
      const service = new ScriptedService(answer);
      const { api, budget } = clientOf(service);
      await assert.rejects(api.send(operation), (error: unknown) => {
        assert.ok(error instanceof Class && error instanceof SyncError);
        assert.equal(error.code, code);
        assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), new RegExp(`wilma|${KEY}`));
        return true;
      });
      assert.deepEqual([service.asked.length, budget.used], [1, 0]);
    });
  }

  it('throws NotDone when no connection comes about', async () => {
    await assert.rejects(clientOf(new Map()).api.send(operation), (error: unknown) => error instanceof NotDone && error.code === 'mailchimp_unreachable');
  });

  it('says NotDone when stopped before, MaybeDone when stopped after it was sent', async () => {
    await assert.rejects(clientOf(new ScriptedService(empty(204))).api.send(operation, AbortSignal.abort()), (error: unknown) => error instanceof NotDone && error.code === 'aborted');
    const stop = new AbortController();
    const service = new ScriptedService(() => {
      stop.abort();
      return empty(204);
    });
    await assert.rejects(clientOf(service).api.send(operation, stop.signal), (error: unknown) => error instanceof MaybeDone && error.code === 'aborted');
  });

  it('reads the member of an answer, and nothing of what is none', () => {
    const { api } = clientOf(new ScriptedService(empty(204)));
    assert.equal(api.readMember(memberBody(1))?.email, 'person1@example.org');
    for (const body of [null, 'text', {}, problem(400, 'Invalid Resource'), memberBody(1, { id: '' })]) assert.equal(api.readMember(body), null);
  });
});
