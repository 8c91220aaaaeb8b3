import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { everything, call, rows, site } from './site.ts';

describe('simulated CiviCRM: tags, groups and activities by the API', () => {
  it('lets the sync role make tags, labels repeating and names not', async () => {
    const { civi } = site();
    const create = async (): Promise<unknown> => (await rows(civi, 'Tag.create', { values: { label: 'Bowling club', used_for: ['civicrm_contact'] } }))[0]?.['name'];
    assert.equal(await create(), 'Bowling_club');
    assert.match(String(await create()), /^Bowling_club_[a-z]{4}$/);
  });

  it('tags a contact once, by id or by name, and takes tags off without minding', async () => {
    const { civi } = site();
    const tag = civi.acts.createTag('VIP');
    assert.deepEqual(await rows(civi, 'EntityTag.create', { values: { entity_id: 1, 'tag_id:name': 'VIP' } }), [{ id: 1, entity_table: 'civicrm_contact', entity_id: 1, tag_id: tag, custom: null, check_permissions: null }]);
    assert.equal((await call(civi, 'EntityTag.create', { values: { entity_id: 1, tag_id: tag } })).message, 'DB Error: already exists');
    const off = { where: [['entity_id', '=', 1], ['tag_id', '=', tag]] };
    assert.deepEqual([await rows(civi, 'EntityTag.delete', off), await rows(civi, 'EntityTag.delete', off)], [[{ id: '1' }], []]);
  });

  it('names a group after its title, and renames the title alone', async () => {
    const { civi } = site();
    const [group] = await rows(civi, 'Group.create', { values: { title: 'Quarry Staff', 'group_type:name': ['Mailing List'] } });
    assert.deepEqual([group?.['name'], group?.['group_type'], group?.['created_id']], ['Quarry_S_2', ['2'], 3]);
    await rows(civi, 'Group.update', { where: [['id', '=', 2]], values: { title: 'Staff' } });
    assert.deepEqual(await rows(civi, 'Group.get', { select: ['name', 'title', 'contact_count'], where: [['id', '=', 2]] }), [{ id: 2, name: 'Quarry_S_2', title: 'Staff', contact_count: 0 }]);
    assert.deepEqual(await rows(civi, 'Group.delete', { where: [['id', '=', 2]] }), [{ id: '2' }]);
  });

  it('lets those who see all activities write one', async () => {
    const { civi } = site();
    civi.addKey('admin', everything);
    assert.equal((await call(civi, 'Activity.create', { values: { activity_type_id: 3, subject: 'Mailing', source_contact_id: 1 } }, 'admin')).status, 200);
    assert.equal((await rows(civi, 'Domain.get', {}, 'admin'))[0]?.['version'], '6.18.0');
  });
});
