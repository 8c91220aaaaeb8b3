import assert from 'node:assert/strict';
import { emailAddress } from '../../../src/base/ids.ts';
import { approve, heldIn, openCrowd, person } from '../../support/crowd.ts';
import { explained, explainedHere } from '../../support/explained.ts';
import { P1, P2, P3, openScenario, type Scenario } from '../../support/scenario.ts';
import { SmartScenario } from '../../support/smart-scenario.ts';
import { closeWorlds, OTHER_LIST } from '../../support/sync-world.ts';

/** A webhook comes, and is handled. */
const told = async (s: Scenario): Promise<void> => {
  s.passes(5);
  await s.webhooksArrive();
  s.passes(60);
};

describe('explain', () => {
  closeWorlds();

  it('unsubscribed by the person, heard by webhook', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.unsubscribes(P1);
    await told(s);
    const here = await explainedHere(s, P1);
    const [row] = here.rows;
    assert.deepEqual([row?.email, row?.status, row?.mailchimp?.status, row?.contactIds], [P1, 'ok', 'unsubscribed', [wilma]]);
    const word = row?.words.find(({ about }) => about === 'subscription');
    assert.deepEqual([word?.says, word?.saidAt, word?.knownFrom, word?.since, word?.at], ['no', 'Mailchimp', 'webhook', '2026-11-24T09:02:00Z', '2026-11-24T09:02:00Z']);
    assert.deepEqual(here.updates.map(({ kind, side, state, run }) => [kind, side, state, run?.mode ?? 'webhook']), [
      ['remove', 'CiviCRM', 'done', 'webhook'],
      ['add', 'CiviCRM', 'done', 'incremental'],
      ['create', 'CiviCRM', 'done', 'incremental'],
    ]);
    assert.match(here.updates[0]?.reason ?? '', /Mailchimp says no .* CiviCRM yes .* the later counts/);
    assert.deepEqual(here.webhooks.map(({ type, what, handledAt, email }) => [type, what, handledAt, email]), [['unsubscribe', 'unsubscribed by the person', '2026-11-24T09:02:05Z', P1]]);
    const [contact] = here.now.civicrm ?? [];
    assert.deepEqual(contact?.words.map(({ says, knownFrom }) => [says, knownFrom]), [['no', 'relayed']]);
    assert.match(contact?.words[0]?.text ?? '', /history row no\. 2 \(Removed, .*\), our own write \(update 3\)/);
    assert.deepEqual(here.now.mailchimp?.map(({ status, email }) => [status, email]), [['unsubscribed', P1]]);
    assert.deepEqual(here.wouldHappen?.updates, []);
    for (const part of [/p1@example\.org is unsubscribed at Mailchimp/, /a webhook: unsubscribed by the person/, /set contact 4 to Removed in group 11/, /Nothing would be asked of either side/]) assert.match(here.text, part);
  });

  it('unsubscribed because an administrator removed the contact', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    s.civi.removes(wilma);
    s.passes(60);
    const before = await explainedHere(s, wilma);
    assert.deepEqual(before.wouldHappen?.updates.map(({ kind, side, asked }) => [kind, side, asked]), [['unsubscribe', 'Mailchimp', 'Mailchimp is asked for the status unsubscribed']]);
    assert.equal(before.rows[0]?.mailchimp?.status, 'subscribed');
    await s.sync.run();
    s.passes(60);
    const here = await explainedHere(s, wilma);
    const word = here.rows[0]?.words.find(({ about }) => about === 'subscription');
    assert.deepEqual([word?.says, word?.saidAt, word?.knownFrom, word?.contactId], ['no', 'CiviCRM', 'relayed', wilma]);
    assert.match(here.now.civicrm?.[0]?.words[0]?.text ?? '', /known from history row no\. 2 \(Removed, [^)]*\)$/);
    assert.equal(here.updates[0]?.kind, 'unsubscribe');
  });

  it('unsubscribed by an opt-out', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.optsOut(wilma, 'link');
    await s.comesToRest();
    const here = await explainedHere(s, P1);
    assert.equal(here.rows[0]?.mailchimp?.status, 'unsubscribed');
    assert.ok(here.rows[0]?.words.some(({ text }) => text.includes('passed on an opt-out')), 'the row’s word is the opt-out');
    assert.ok(here.contacts[0]?.words.some(({ knownFrom }) => knownFrom === 'opt_out'));
    assert.ok(here.now.civicrm?.[0]?.isOptOut);
    assert.match(here.text, /opted out/);
  });

  it('refused, because Mailchimp keeps who complained', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.complains(P1);
    await told(s);
    s.civi.adds(wilma);
    await s.comesToRest();
    const here = await explainedHere(s, P1);
    const [row] = here.rows;
    assert.deepEqual([row?.status, row?.reason], ['fail', 'compliance']);
    assert.match(row?.reasonEnds ?? '', /own sign-up/);
    const refused = here.updates.find(({ state }) => state === 'failed');
    assert.deepEqual([refused?.failReason, refused?.settledAt !== null], ['compliance', true]);
    assert.match(refused?.answer ?? '', /Compliance/);
    assert.match(here.text, /It cannot be synced, reason compliance: The person left or complained/);
    assert.deepEqual(here.wouldHappen?.updates, []);
    assert.deepEqual(here.wouldHappen?.rows.map(({ status, reason }) => [status, reason]), [['fail', 'compliance']]);
    assert.equal(here.webhooks.find(({ type }) => type === 'unsubscribe')?.what, 'unsubscribed by the person, with a complaint of spam');
  });

  it('an address that two contacts have: both by id, and nothing else of the other', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    const betty = s.civi.creates('Elisabeth', P1, P3);
    s.civi.adds(betty);
    await s.comesToRest();
    const here = await explainedHere(s, wilma);
    assert.deepEqual([here.contactId, here.contactIds], [wilma, [wilma, betty]]);
    assert.deepEqual(here.rows[0]?.contactIds, [wilma, betty]);
    assert.match(here.text, /2 contacts hang together by their addresses/);
    for (const hidden of ['Elisabeth', P3]) assert.ok(!JSON.stringify(here).includes(hidden), `${hidden} is told of`);
    const byAddress = await explainedHere(s, P1);
    assert.deepEqual([byAddress.contactId, byAddress.contactIds], [null, [wilma, betty]]);
    assert.match(byAddress.text, /None of them alone is the person/);
  });

  it('an address that moved at Mailchimp: asked for by the old one and by the new one', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.movesTo(P1, P2);
    await told(s);
    for (const at of [P1, P2, wilma]) {
      const here = await explainedHere(s, at);
      assert.deepEqual(here.rows.map(({ email, formerEmails }) => [email, formerEmails.map(({ email: former }) => former)]), [[P2, [P1]]], String(at));
      assert.ok(here.webhooks.some(({ type }) => type === 'upemail'), String(at));
      assert.match(here.text, /The member had the address p1@example\.org until/);
    }
  });

  it('a webhook that waits, of an address that the member leaves by it', async () => {
    const s = await openScenario();
    await s.joined();
    s.person.movesTo(P1, P2);
    s.passes(5);
    for (const id of s.firedWebhooks()) await s.world.mailchimp.webhooks.deliver(id);
    const here = await explainedHere(s, P1);
    assert.deepEqual(here.webhooks.map(({ type, handledAt, waits }) => [type, handledAt, waits]), [['upemail', null, 'it has not been handled yet']]);
    assert.match(here.text, /A webhook waits; what it says is not yet heard in this/);
  });

  it('an unclear tie: says so, and which rule decided', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.unsubscribes(P1);
    s.civi.removes(wilma);
    s.civi.adds(wilma);
    s.passes(60);
    await s.sync.run();
    const here = await explainedHere(s, P1);
    const update = here.updates[0];
    assert.deepEqual([update?.kind, update?.unclear], ['remove', true]);
    assert.match(update?.text ?? '', /neither is surely later, onTie mailsLess \(unclear\)/);
  });

  it('a smart group: the search is named, and that the group is never written', async () => {
    const smart = await SmartScenario.open();
    const barney = smart.rubble('Barney', P1);
    await smart.runs(2);
    smart.s.person.unsubscribes(P1);
    await smart.runs(2);
    const here = await explainedHere(smart.s, barney);
    assert.deepEqual([here.rows[0]?.status, here.rows[0]?.reason], ['fail', 'smart_group']);
    assert.ok(here.now.civicrm?.[0]?.words.some(({ knownFrom }) => knownFrom === 'smart_group'));
    assert.match(here.text, /in smart group/);
    assert.deepEqual(here.wouldHappen?.updates, []);
  });

  it('in a plan that is held: names it, and what waits', async () => {
    const { s, contacts } = await openCrowd(40);
    for (const contact of contacts.slice(0, 30)) s.civi.removes(contact);
    s.passes(60);
    await s.sync.run();
    const plan = await heldIn(s);
    const here = await explainedHere(s, person(0));
    assert.equal(here.held?.plan, plan.id);
    assert.deepEqual([here.updates[0]?.state, here.updates[0]?.stateMeans], ['planned', `planned, in plan ${plan.id} that waits for approval`]);
    assert.ok(here.wouldHappen?.notes.some((note) => note.includes('until it is approved or rejected no run begins')));
    assert.deepEqual(here.wouldHappen?.updates.map(({ kind }) => kind), ['unsubscribe']);
    await approve(s);
    assert.equal((await explainedHere(s, person(0))).held, null);
  });

  it('never seen by a run: what is there, and what the next run would do', async () => {
    const s = await openScenario();
    const betty = s.civi.creates('Betty', P2);
    s.civi.adds(betty);
    s.person.subscribes(P1);
    const added = await explainedHere(s, betty);
    assert.deepEqual([added.known, added.rows], [true, []]);
    assert.deepEqual(added.wouldHappen?.updates.map(({ kind, asked }) => [kind, asked.split(',')[0]]), [['subscribe', 'Mailchimp is asked for the status subscribed']]);
    assert.match(added.text, /no run has seen the person yet/);
    assert.match(added.text, /At Mailchimp: no such member/);
    const subscribed = await explainedHere(s, P1);
    assert.deepEqual([subscribed.known, subscribed.now.mailchimp?.map(({ status }) => status)], [true, ['subscribed']]);
    assert.match(subscribed.text, /A contact would be made in CiviCRM for p1@example\.org/);
  });

  it('a member by either of its ids at Mailchimp, and a merged contact by the one that it was', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const { memberHash, memberContactId } = await s.sync.row(P1);
    for (const memberId of [memberHash!, memberContactId!]) assert.equal((await explainedHere(s, { memberId })).contactId, wilma);
    const betty = s.civi.creates('Betty', P2);
    s.civi.merges(wilma, betty);
    assert.equal((await explainedHere(s, betty)).contactId, wilma);
  });

  it('a dry run: what it decided, and that nothing of it was done', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    s.civi.removes(wilma);
    s.passes(60);
    await s.sync.run('incremental', { dryRun: true });
    const here = await explainedHere(s, P1);
    assert.deepEqual([here.updates[0]?.kind, here.updates[0]?.state, here.updates[0]?.stateMeans], ['unsubscribe', 'superseded', 'of a dry run: nothing of it was done']);
    assert.match(here.text, /The last that this sync did about it: update 1 \(subscribe\)/);
  });

  it('a member at the address of a row that has not seen it yet', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    const run = await s.sync.begin();
    await s.sync.goOn(run, { before: 'submit' });
    s.person.subscribes(P1);
    const { contactId: memberId } = s.memberRecord(P1)!;
    const here = await explainedHere(s, { memberId });
    assert.deepEqual([here.contactId, here.rows.length, here.now.mailchimp?.map(({ row, status }) => [row, status])], [wilma, 1, [[here.rows[0]?.row, 'subscribed']]]);
  });

  it('nobody: says so, without an error', async () => {
    const s = await openScenario();
    await s.joined();
    for (const nobody of ['nobody@example.org', 4711, { memberId: 'ffffffffffffffffffffffffffffffff' }]) {
      const answer = await explained(s, nobody);
      assert.equal(answer.known, false);
      assert.match(answer.text, /Nobody here knows this person/);
    }
  });

  it('asked of one audience, tells of that one; of all, of all', async () => {
    const s = await openScenario({ twoAudiences: true });
    await s.joined();
    const { audiences } = await explained(s, P1);
    assert.deepEqual(new Map(audiences.map(({ name, rows }) => [name, rows.length])), new Map([['Newsletter', 1], [OTHER_LIST, 0]]));
    const one = await s.sync.engine.explain({ email: emailAddress(P1) }, { listIds: [OTHER_LIST], signal: new AbortController().signal });
    assert.deepEqual(one.audiences.map(({ listId }) => listId), [OTHER_LIST]);
  });
});
