import assert from 'node:assert/strict';
import { DATA, mergeFieldAt, tagAtMailchimp, tagsAt } from '../../support/data-scenario.ts';
import { openScenario, P1, P2 } from '../../support/scenario.ts';
import { closeWorlds, LIST } from '../../support/sync-world.ts';

const PREFIXED = { list: { data: { tags: { prefix: 'News: ' } } } } as const;
const MAPPED = { list: { data: { tags: { mapping: { Donor: 'gave', 'Major donor': 'gave', Board: 'board' } } } } } as const;

describe('tags', () => {
  closeWorlds();

  it('go to Mailchimp by their prefix, and come off again; a second run sends nothing', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    const [news, other] = [s.civi.acts.createTag('News: monthly'), s.civi.acts.createTag('Bowling club')];
    s.civi.acts.tag(contact, news);
    s.civi.acts.tag(contact, other);
    await s.sync.full(DATA);
    assert.deepEqual(tagsAt(s, P1), ['News: monthly']);
    await s.comesToRest(DATA);
    s.civi.acts.untag(contact, news);
    await s.comesToRest(DATA);
    assert.deepEqual(tagsAt(s, P1), []);
  });

  it('by a mapping: several CiviCRM tags may become one, which stays while any of them does', async () => {
    const s = await openScenario(MAPPED);
    const contact = await s.joined(P1);
    const [donor, major] = [s.civi.acts.createTag('Donor'), s.civi.acts.createTag('Major donor')];
    s.civi.acts.tag(contact, donor);
    s.civi.acts.tag(contact, major);
    await s.sync.full(DATA);
    assert.deepEqual(tagsAt(s, P1), ['gave']);
    s.civi.acts.untag(contact, donor);
    await s.comesToRest(DATA);
    assert.deepEqual(tagsAt(s, P1), ['gave']);
    s.civi.acts.untag(contact, major);
    await s.comesToRest(DATA);
    assert.deepEqual(tagsAt(s, P1), []);
  });

  it('renamed or deleted in CiviCRM: the old one comes off, and the new one comes', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    const [news, gone] = [s.civi.acts.createTag('News: monthly'), s.civi.acts.createTag('News: weekly')];
    s.civi.acts.tag(contact, news);
    s.civi.acts.tag(contact, gone);
    await s.comesToRest(DATA);
    assert.deepEqual(tagsAt(s, P1), ['News: monthly', 'News: weekly']);
    s.world.civicrm.records.relabelTag(news, 'News: every month');
    s.world.civicrm.records.deleteTag(gone);
    await s.comesToRest(DATA);
    assert.deepEqual(tagsAt(s, P1), ['News: every month']);
    s.world.civicrm.records.relabelTag(news, 'Every month');
    await s.comesToRest(DATA);
    assert.deepEqual(tagsAt(s, P1), []);
  });

  it('that differ from a member’s in their case only are the same tag: nothing is sent, again and again', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    await tagAtMailchimp(s, P1, 'news: Monthly');
    await tagAtMailchimp(s, P1, 'NEWS: OLD');
    s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
    const before = s.sync.writes;
    await s.sync.full(DATA);
    assert.equal(s.sync.writes - before, 1, 'the old one comes off');
    assert.deepEqual(tagsAt(s, P1), ['news: Monthly']);
    await s.comesToRest(DATA);
  });

  it('of a mapping come off, however their name is written at Mailchimp', async () => {
    const s = await openScenario(MAPPED);
    const contact = await s.joined(P1);
    await tagAtMailchimp(s, P1, 'Gave');
    const donor = s.civi.acts.createTag('Donor');
    s.civi.acts.tag(contact, donor);
    await s.comesToRest(DATA);
    assert.deepEqual(tagsAt(s, P1), ['Gave']);
    s.civi.acts.untag(contact, donor);
    const before = s.sync.writes;
    await s.sync.full(DATA);
    await s.sync.run('incremental', DATA);
    assert.deepEqual([tagsAt(s, P1), s.sync.writes - before], [[], 1]);
  });

  it('with commas, spaces around them and signs of their own are one tag each', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    for (const label of ['News: bowling, drums', 'News: 5 < 6 & "7"', 'News: Zoë 🦕 ']) s.civi.acts.tag(contact, s.civi.acts.createTag(label));
    await s.comesToRest(DATA);
    assert.deepEqual(tagsAt(s, P1), ['News: 5 < 6 & "7"', 'News: Zoë 🦕', 'News: bowling, drums']);
  });

  for (const [whose, known] of [['a known member', true], ['a new member', false]] as const)
    it(`too long for Mailchimp are refused by themselves, told, and keep no other tag away (${whose})`, async () => {
      const long = 'x'.repeat(101);
      const s = await openScenario({ list: { data: { tags: { mapping: { Donor: 'gave', Board: long, Zebra: 'zebra' } } } } });
      const contact = known ? await s.joined(P1) : s.civi.creates('Fred', P1);
      if (!known) s.civi.adds(contact);
      for (const label of ['Donor', 'Board', 'Zebra']) s.civi.acts.tag(contact, s.civi.acts.createTag(label));
      await s.comesToRest(DATA);
      assert.deepEqual([s.member(P1), tagsAt(s, P1), await s.failReason(P1)], ['subscribed', ['gave', 'zebra'], 'data_refused']);
      assert.deepEqual(Object.keys((await s.sync.row(P1)).memory.dataRefused ?? {}), [`tag:${long}`]);
      assert.ok(s.world.logged.some((line) => line.includes(`tag:${long}`)));
    });

  it('of more than fifty, a bound one beyond the fiftieth comes off when CiviCRM has it no more', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    const tags = Array.from({ length: 60 }, (_, number) => s.civi.acts.createTag(`News: ${String(number).padStart(2, '0')}`));
    for (const tag of tags) s.civi.acts.tag(contact, tag);
    await s.comesToRest(DATA);
    assert.equal(tagsAt(s, P1).length, 60);
    s.civi.acts.untag(contact, tags[59]!);
    await s.comesToRest(DATA);
    assert.deepEqual([tagsAt(s, P1).length, tagsAt(s, P1).includes('News: 59')], [59, false]);
  });

  it('that the settings do not bind are never touched', async () => {
    const s = await openScenario(MAPPED);
    await s.joined(P1);
    await tagAtMailchimp(s, P1, 'hand-made');
    await tagAtMailchimp(s, P1, 'board');
    await s.comesToRest(DATA);
    assert.deepEqual(tagsAt(s, P1), ['hand-made']);
  });

  it('that the member has already are not sent again', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    await tagAtMailchimp(s, P1, 'News: monthly');
    s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
    const before = s.sync.writes;
    await s.sync.full(DATA);
    assert.equal(s.sync.writes - before, 0);
  });

  it('of a member with more than fifty are never judged by the first fifty', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    for (let number = 0; number < 60; number++) await tagAtMailchimp(s, P1, `other ${number}`);
    await tagAtMailchimp(s, P1, 'News: monthly');
    await tagAtMailchimp(s, P1, 'News: old');
    s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
    const before = s.sync.writes;
    await s.sync.full(DATA);
    assert.deepEqual(tagsAt(s, P1).filter((name) => name.startsWith('News')), ['News: monthly']);
    assert.equal(tagsAt(s, P1).length, 61);
    assert.equal(s.sync.writes - before, 1, 'one request for all tags of the member');
    await s.comesToRest(DATA);
  });

  it('of a new member go with its PUT', async () => {
    const s = await openScenario(PREFIXED);
    const contact = s.civi.creates('Fred', P2);
    s.civi.adds(contact);
    s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
    const before = s.sync.writes;
    await s.sync.run('incremental', DATA);
    assert.deepEqual(tagsAt(s, P2), ['News: monthly']);
    assert.equal(s.sync.writes - before, 1);
    await s.comesToRest(DATA);
  });

  it('of somebody who is not subscribed are left alone', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.left(P1);
    s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
    await s.comesToRest(DATA);
    assert.deepEqual(tagsAt(s, P1), []);
  });

  it('wait while somebody is subscribed again: a refused subscription brings no data', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    s.person.unsubscribes(P1);
    await s.comesToRest(DATA);
    s.passes(60);
    s.civi.adds(contact);
    s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
    await s.sync.full(DATA);
    assert.deepEqual([s.member(P1), tagsAt(s, P1)], ['unsubscribed', []]);
  });

  it('are compared in a full run and once a day, not in each incremental run', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    await s.sync.run('incremental', DATA);
    s.passes(60);
    s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
    await s.sync.run('incremental', DATA);
    assert.deepEqual(tagsAt(s, P1), []);
    s.passes(24 * 3600);
    await s.sync.run('incremental', DATA);
    assert.deepEqual(tagsAt(s, P1), ['News: monthly']);
  });

  it('in batches end done by an answer without a body', async () => {
    const s = await openScenario({ list: { submitSingly: 0, data: { tags: { prefix: 'News: ' } } } });
    const contact = await s.joined(P1);
    s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
    await s.sync.full(DATA);
    await s.batchesSettle();
    assert.deepEqual(tagsAt(s, P1), ['News: monthly']);
    const [update] = (await s.sync.updates()).filter((each) => each.side === 'mailchimp' && each.ask.tags);
    assert.deepEqual([update?.kind, update?.state], ['data', 'done']);
    await s.comesToRest(DATA);
  });

  it('that we send say nothing of an interest, although they move last_changed', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    const interest = s.world.settings.audiences.get(LIST)!.interests.values().next().value!;
    s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
    const run = await s.sync.begin('full', DATA);
    await s.sync.goOn(run, { before: 'submit' });
    s.passes(10);
    s.civi.adds(contact, interest);
    s.passes(10);
    await s.sync.stage('submit', run);
    await s.comesToRest(DATA);
    assert.equal(s.group(contact, interest), 'Added');
  });

  for (const [how, options] of [['one by one', PREFIXED], ['in a batch', { list: { ...PREFIXED.list, submitSingly: 0 } }]] as const)
    it(`go beside another update of the same member, ${how}, in one run`, async () => {
      const s = await openScenario(options);
      const contact = await s.joined(P1);
      s.civi.renames(contact, 'Betty');
      s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
      await s.sync.full(DATA);
      await s.batchesSettle();
      assert.deepEqual([mergeFieldAt(s, P1, 'FNAME'), tagsAt(s, P1)], ['Betty', ['News: monthly']]);
      await s.comesToRest(DATA);
    });

  for (const done of [true, false])
    it(`whose answer was lost are looked up, not repeated blindly (${done ? 'done' : 'not done'})`, async () => {
      const s = await openScenario(PREFIXED);
      const contact = await s.joined(P1);
      s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
      s.world.mailchimp.faults.add({ kind: 'reset', effect: done }, { method: 'POST', path: /tags$/ });
      await assert.rejects(s.sync.full(DATA));
      const before = s.sync.writes;
      await s.sync.full(DATA);
      assert.deepEqual([tagsAt(s, P1), s.sync.writes - before], [['News: monthly'], done ? 0 : 1]);
      await s.comesToRest(DATA);
    });

  it('of a member that is gone meanwhile end with the look at it', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
    const run = await s.sync.begin('full', DATA);
    await s.sync.goOn(run, { before: 'submit' });
    s.mailchimpAdmin.deletesForGood(P1);
    await s.sync.stage('submit', run);
    await s.comesToRest(DATA);
    assert.equal(s.member(P1), 'none');
  });

  it('never come from another contact than the one who leads the address', async () => {
    const s = await openScenario(PREFIXED);
    const first = await s.joined(P1);
    const second = s.civi.creates('Pebbles', P1);
    s.civi.acts.tag(second, s.civi.acts.createTag('News: children'));
    s.civi.acts.tag(first, s.civi.acts.createTag('News: monthly'));
    await s.comesToRest(DATA);
    assert.deepEqual(tagsAt(s, P1), ['News: monthly']);
  });

  it('that were read for a contact who leads no longer when it is decided are not sent', async () => {
    const s = await openScenario(PREFIXED);
    const first = await s.joined(P1);
    const second = s.civi.creates('Pebbles', P1);
    s.civi.acts.tag(first, s.civi.acts.createTag('News: monthly'));
    const run = await s.sync.begin('full', DATA);
    await s.sync.goOn(run, { before: 'reconcile' });
    s.civi.adds(second);
    s.passes(10);
    s.civi.removes(first);
    await s.sync.goOn(run);
    assert.deepEqual([s.member(P1), tagsAt(s, P1)], ['subscribed', []]);
    await s.comesToRest(DATA);
    assert.deepEqual([s.member(P1), tagsAt(s, P1)], ['subscribed', []]);
  });

  it('without data in the run nothing is compared', async () => {
    const s = await openScenario(PREFIXED);
    const contact = await s.joined(P1);
    s.civi.acts.tag(contact, s.civi.acts.createTag('News: monthly'));
    await s.sync.full();
    assert.deepEqual(tagsAt(s, P1), []);
  });
});
