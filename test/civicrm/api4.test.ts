import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SyncError } from '../../src/base/errors.ts';
import { contactId, emailAddress, writeId, groupId } from '../../src/base/ids.ts';
import { ScriptedService, empty, html, json } from '../support/scripted-service.ts';
import { KEY, clientsOf, errorObject, formOf, values } from './site.ts';

const codeIs = (code: string) => (error: unknown) => error instanceof SyncError && error.code === code;
const someone = [contactId(11)];
const added = [{ contactId: contactId(11), groupId: groupId(2), status: 'Added' as const }];

describe('calling APIv4', () => {
  it('sends parameters as a form field, with the key in its header', async () => {
    const service = new ScriptedService(values([]));
    await clientsOf(service).reader.groups([groupId(2)]);
    const [asked] = service.asked;
    assert.equal(`${asked?.method} ${asked?.path}`, 'POST /civicrm/ajax/api4/Group/get');
    assert.equal(asked?.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(asked?.headers['x-civi-auth'], `Bearer ${KEY}`);
    assert.equal(asked?.headers['x-requested-with'], 'XMLHttpRequest');
    assert.deepEqual(formOf(asked), { select: ['id', 'title', 'is_active', 'saved_search_id'], where: [['id', 'IN', [2]]], orderBy: { id: 'ASC' }, limit: 5000 });
  });

  for (const [url, apiPath, single, several] of [
    ['https://civi.test', '/civicrm/ajax/api4/', '/civicrm/ajax/api4/Contact/get', '/civicrm/ajax/api4'],
    ['https://civi.test/sub', 'civicrm/ajax/api4', '/sub/civicrm/ajax/api4/Contact/get', '/sub/civicrm/ajax/api4'],
    ['https://civi.test/wp', '?civiwp=CiviCRM&q=civicrm/ajax/api4/', '/wp/ civicrm/ajax/api4/Contact/get', '/wp/ civicrm/ajax/api4'],
    ['https://civi.test', '/index.php?option=com_civicrm&task=civicrm/ajax/api4/', '/index.php civicrm/ajax/api4/Contact/get', '/index.php civicrm/ajax/api4'],
  ] as const) {
    it(`finds APIv4 under ${url} ${apiPath}`, async () => {
      const service = new ScriptedService(values([]), json([{ values: [] }]));
      const { reader } = clientsOf(service, { site: { url, apiPath } });
      await reader.contactsById(someone);
      await reader.mergedTo(someone);
      const where = service.asked.map(({ path, query }) => [path, query.get('q') ?? query.get('task')].filter((part) => part !== null).join(' '));
      assert.deepEqual(where, [single, several]);
    });
  }

  for (const [what, answer, code, hint] of [
    ['a wrong key', { status: 401, headers: { 'content-type': 'text/plain' }, body: 'HTTP 401 Invalid credential' }, 'civicrm_unauthorized', 'Invalid credential'],
    ['a dead database', html(200), 'civicrm_unexpected', 'database may be down'],
    ['JSON without values', json({ ok: true }), 'civicrm_unexpected', 'apiPath'],
    ['an error object with status 200', json({ error_code: 0, error_message: 'No' }), 'civicrm_refused', 'error 0, "No"'],
    ['a refusal', errorObject("Invalid field 'nope'"), 'civicrm_refused', "Invalid field 'nope'"],
    ['a missing permission', errorObject('Authorization failed', 403), 'civicrm_unauthorized', 'permission'],
    ['a redirect', empty(302, { location: 'https://civi.test/user/login' }), 'civicrm_unexpected', 'redirects'],
    ['no such path', html(404), 'civicrm_unexpected', 'apiPath'],
  ] as const) {
    it(`says what is wrong with ${what}, having asked once`, async () => {
      const service = new ScriptedService(answer);
      await assert.rejects(clientsOf(service).reader.contactsById(someone), (error: unknown) => {
        assert.ok(error instanceof SyncError && error.code === code, String(error));
        assert.ok(error.message.includes(hint), error.message);
        return true;
      });
      assert.equal(service.asked.length, 1);
    });
  }

  for (const [what, answer] of [
    ['a broken connection', { failure: 'reset' }],
    ['silence', { failure: 'hang' }],
    ['maintenance', json({ status_code: 503, status_message: 'Temporarily unavailable for maintenance.' }, 503)],
    ['a crash', html(500)],
  ] as const) {
    it(`reads again after ${what}; a write is never sent again`, async () => {
      const reads = new ScriptedService(answer, values([]));
      assert.deepEqual(await clientsOf(reads).reader.contactsById(someone), []);
      assert.equal(reads.asked.length, 2);
      const writes = new ScriptedService(answer, values([{}]));
      await assert.rejects(clientsOf(writes).writer.saveGroupContacts(added, writeId('w')), (error: unknown) => error instanceof SyncError && error.message.includes('may have been done'));
      assert.equal(writes.asked.length, 1);
    });
  }

  it('writes again when no connection came about, until the deadline', async () => {
    const { writer, clock } = clientsOf(new Map());
    await assert.rejects(writer.saveGroupContacts(added, writeId('w')), codeIs('civicrm_unreachable'));
    assert.ok(clock.waits.length > 3);
  });

  it('shows CiviCRM\'s clock', async () => {
    const served = Date.UTC(2026, 10, 24, 9, 3, 0);
    const { reader, clock } = clientsOf(new ScriptedService({ ...values([]), headers: { date: new Date(served).toUTCString() } }));
    await reader.contactsById(someone);
    assert.ok(Math.abs(reader.clockOffset() - (served - clock.now())) < 1000);
    assert.ok(Math.abs(reader.now() - served) < 1000 && reader.now() % 1000 === 0);
  });

  it('counts calls by kind', async () => {
    const { reader } = clientsOf(new ScriptedService(values([])));
    await reader.contactsById(someone);
    await reader.contactsById(someone);
    await reader.emailsOfContacts(someone);
    assert.deepEqual([...reader.requests()], [['Contact.get', 2], ['Email.get', 1]]);
  });

  it('puts neither keys nor people into errors', async () => {
    const message = `DB Error: Duplicate entry 'wilma@example.org' for Wilma Flintstone and odd address at-home, ${KEY}`;
    for (const answer of [errorObject(message), html(200), { failure: 'reset' } as const, { status: 401, headers: {}, body: message }, empty(302)]) {
      const { reader, writer } = clientsOf(new ScriptedService(answer), { deadline: 0 });
      const tries = [
        writer.createContacts([{ firstName: 'Wilma', lastName: 'Flintstone', email: emailAddress('wilma@example.org'), source: 'mailchimpsync' }]),
        reader.emailsByAddress([emailAddress('at-home'), emailAddress('wilma@example.org')]),
      ];
      for (const [at, attempt] of tries.entries()) {
        const error: unknown = await attempt.then(
          () => null,
          (thrown: unknown) => thrown,
        );
        assert.ok(error instanceof SyncError);
        const people = at === 0 ? 'wilma|Flintstone' : 'at-home|wilma@';
        assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), new RegExp(`${people}|${KEY}|Bearer`, at === 0 ? 'i' : ''));
      }
    }
  });

  it('stops when told to', async () => {
    await assert.rejects(clientsOf(new ScriptedService(values([]))).reader.contactsById(someone, AbortSignal.abort()), codeIs('aborted'));
  });
});

describe('probe of CiviCRM', () => {
  it('is content with a key that sees its own contact and another', async () => {
    const service = new ScriptedService(values([{ id: 3 }]), values([{ id: 1 }]));
    await clientsOf(service).reader.probe();
    assert.deepEqual(formOf(service.asked[0]), { select: ['id'], where: [['id', '=', 'user_contact_id']] });
  });

  it('takes no rows for a missing permission, not for an empty site', async () => {
    await assert.rejects(clientsOf(new ScriptedService(values([]))).reader.probe(), (error: unknown) => error instanceof SyncError && error.code === 'civicrm_unauthorized' && error.message.includes('view all contacts'));
  });

  it('says that "view all contacts" is missing when the user sees itself only', async () => {
    await assert.rejects(clientsOf(new ScriptedService(values([{ id: 3 }]), values([]))).reader.probe(), (error: unknown) => error instanceof SyncError && error.code === 'civicrm_unauthorized' && error.message.includes('view all contacts'));
  });

  it('gives up soon when CiviCRM is not there', async () => {
    const { reader, clock } = clientsOf(new Map());
    const start = clock.now();
    await assert.rejects(reader.probe(), codeIs('civicrm_unreachable'));
    assert.ok(clock.now() - start <= 20_000);
  });
});
