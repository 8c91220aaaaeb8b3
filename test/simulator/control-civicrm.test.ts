import assert from 'node:assert/strict';
import { groupId, startControlledWorld, type ControlledWorld } from './controlled-world.ts';

/** An act with its arguments, and what is to be seen of it afterwards. */
interface Case {
  readonly act: string;
  readonly args: (world: ControlledWorld, prepared: number) => Readonly<Record<string, unknown>>;
  /** What must be there first; an id that the arguments need. */
  readonly before?: (world: ControlledWorld) => number | Promise<number>;
  readonly shows: (world: ControlledWorld, answered: unknown) => unknown;
  readonly as: unknown;
}

const tables = ({ simulators }: ControlledWorld) => simulators.civicrm.tables;
const acts = ({ simulators }: ControlledWorld) => simulators.civicrm.acts;
const contact = (world: ControlledWorld) => tables(world).contact.get(world.contactId);
const statuses = (world: ControlledWorld): unknown => tables(world).groupContact.find('contact_id', world.contactId).map(({ status }) => status);
const history = (world: ControlledWorld): unknown => tables(world).subscriptionHistory.find('contact_id', world.contactId).map(({ status, method }) => [status, method]);
const emails = (world: ControlledWorld) => tables(world).email.find('contact_id', world.contactId);

const ofContact = ({ contactId }: ControlledWorld) => ({ contactId });
const inGroup = ({ contactId }: ControlledWorld) => ({ contactId, groupId });
const ofEmail = ({ emailId }: ControlledWorld) => ({ emailId });
const add = (world: ControlledWorld): number => Number(acts(world).addToGroup(world.contactId, groupId));
const second = (world: ControlledWorld): number => acts(world).addEmail(world.contactId, 'second@example.org');
const makeSmart = (world: ControlledWorld): number => acts(world).createGroup({ title: 'Smart', search: [['last_name', '=', 'Weiß']], id: 77 });
const nothing = (): Record<string, never> => ({});

const records = ({ simulators }: ControlledWorld) => simulators.civicrm.records;
const makeField = (world: ControlledWorld): number => records(world).createCustomField({ group: 'Bedrock', name: 'Dinosaur' });

const cases: readonly Case[] = [
  { act: 'setPhone', args: (world) => ({ ...ofContact(world), phone: '555-0101' }), shows: (world) => tables(world).phone.find('contact_id', world.contactId).map(({ phone }) => phone), as: ['555-0101'] },
  {
    act: 'setAddress',
    args: (world) => ({ ...ofContact(world), street: '1 Quarry Road', supplemental: 'Back door', city: 'Bedrock', state: 'GA', postalCode: '70777', country: 'US' }),
    shows: (world) => tables(world).address.find('contact_id', world.contactId).map((row) => [row.street_address, row.supplemental_address_1, row.city, row.state_province_id, row.postal_code, row.country_id]),
    as: [['1 Quarry Road', 'Back door', 'Bedrock', 1009, '70777', 1228]],
  },
  {
    act: 'addMembership',
    args: (world) => ({ ...ofContact(world), endDate: '2027-02-28', joinDate: '2026-03-01', status: 'Grace', isTest: true }),
    shows: (world) => tables(world).membership.find('contact_id', world.contactId).map((row) => [row.join_date, row.end_date, row.status_id, row.is_test]),
    as: [['2026-03-01', '2027-02-28', 3, true]],
  },
  {
    act: 'renewMembership',
    args: (_world, membershipId) => ({ membershipId, endDate: '2028-02-28' }),
    before: (world) => records(world).addMembership(world.contactId, { endDate: null }),
    shows: (world) => tables(world).membership.find('contact_id', world.contactId).map((row) => row.end_date),
    as: ['2028-02-28'],
  },
  { act: 'deleteMembership', args: (_world, membershipId) => ({ membershipId }), before: (world) => records(world).addMembership(world.contactId, { endDate: null }), shows: (world) => tables(world).membership.size, as: 0 },
  {
    act: 'addContribution',
    args: (world) => ({ ...ofContact(world), amount: 12.5, received: '2026-01-05 10:00:00', status: 'Pending', isTest: true }),
    shows: (world) => tables(world).contribution.find('contact_id', world.contactId).map((row) => [row.total_amount, row.receive_date, row.contribution_status_id, row.is_test]),
    as: [[12.5, '2026-01-05 10:00:00', 2, true]],
  },
  { act: 'deleteContribution', args: (_world, contributionId) => ({ contributionId }), before: (world) => records(world).addContribution(world.contactId, { amount: 1 }), shows: (world) => tables(world).contribution.size, as: 0 },
  { act: 'relabelTag', args: (_world, tagId) => ({ tagId, label: 'Bowlers' }), before: (world) => acts(world).createTag('Bowling club'), shows: (world) => [...tables(world).tag.all()].map(({ label }) => label).at(-1), as: 'Bowlers' },
  {
    act: 'deleteTag',
    args: (_world, tagId) => ({ tagId }),
    before: (world) => {
      const tag = acts(world).createTag('Bowling club');
      acts(world).tag(world.contactId, tag);
      return tag;
    },
    shows: (world) => tables(world).entityTag.find('entity_id', world.contactId).length,
    as: 0,
  },
  {
    act: 'createCustomField',
    args: () => ({ group: 'Bedrock', name: 'Shift', type: 'text', options: { day: 'Day shift' } }),
    shows: (world) => [...tables(world).customField.all()].map((row) => [row.group_name, row.name, row.type, row.options]),
    as: [['Bedrock', 'Shift', 'text', '{"day":"Day shift"}']],
  },
  {
    act: 'setCustomField',
    args: (world) => ({ ...ofContact(world), path: 'Bedrock.Dinosaur', value: 'Dino' }),
    before: makeField,
    shows: (world) => tables(world).customValue.find('entity_id', world.contactId).map((row) => row.value),
    as: ['Dino'],
  },
  {
    act: 'createContact',
    args: () => ({ firstName: 'Jo', email: 'jo@example.org' }),
    shows: (world, answered) => [tables(world).contact.get(answered as number)?.first_name, tables(world).email.find('contact_id', answered as number)[0]?.email],
    as: ['Jo', 'jo@example.org'],
  },
  {
    act: 'importContacts',
    args: () => ({ contacts: [{ firstName: 'Jo', created: Date.UTC(2025, 0, 1), isOptOut: true }] }),
    shows: (world, answered) => (answered as number[]).map((id) => tables(world).contact.get(id)?.is_opt_out),
    as: [true],
  },
  { act: 'rename', args: (world) => ({ ...ofContact(world), firstName: 'Willi' }), shows: (world) => [contact(world)?.first_name, contact(world)?.last_name], as: ['Willi', 'Weiß'] },
  { act: 'trash', args: ofContact, shows: (world) => contact(world)?.is_deleted, as: true },
  { act: 'restore', args: ofContact, before: (world) => Number(acts(world).trash(world.contactId)), shows: (world) => contact(world)?.is_deleted, as: false },
  { act: 'deletePermanently', args: ofContact, shows: contact, as: undefined },
  {
    act: 'merge',
    args: ({ contactId }, duplicateId) => ({ mainId: contactId, duplicateId }),
    before: (world) => {
      const duplicate = acts(world).createContact({ firstName: 'W', email: 'w@example.org' });
      acts(world).addToGroup(duplicate, groupId);
      return duplicate;
    },
    shows: (world) => [statuses(world), tables(world).merge.find('main_id', world.contactId).length],
    as: [['Added'], 1],
  },
  { act: 'optOut', args: (world) => ({ ...ofContact(world), history: true }), shows: (world) => [contact(world)?.is_opt_out, tables(world).subscriptionHistory.find('contact_id', world.contactId).length], as: [true, 1] },
  { act: 'takeBackOptOut', args: ofContact, before: (world) => Number(acts(world).optOut(world.contactId)), shows: (world) => contact(world)?.is_opt_out, as: false },
  { act: 'setFlag', args: (world) => ({ ...ofContact(world), flag: 'is_deceased', value: true }), shows: (world) => contact(world)?.is_deceased, as: true },

  { act: 'addToGroup', args: (world) => ({ ...inGroup(world), method: 'Web' }), shows: (world) => [statuses(world), history(world)], as: [['Added'], [['Added', 'Web']]] },
  {
    act: 'removeFromGroup',
    args: inGroup,
    before: add,
    shows: (world) => [statuses(world), history(world)],
    as: [
      ['Removed'],
      [
        ['Added', 'Admin'],
        ['Removed', 'Admin'],
      ],
    ],
  },
  { act: 'deleteFromGroup', args: inGroup, before: add, shows: statuses, as: [] },
  { act: 'bulkAddToGroup', args: ({ contactId }) => ({ contactIds: [contactId], groupId }), shows: statuses, as: ['Added'] },
  { act: 'writeGroupStatusBySql', args: (world) => ({ ...inGroup(world), status: 'Removed' }), before: add, shows: (world) => [statuses(world), history(world)], as: [['Removed'], [['Added', 'Admin']]] },
  { act: 'begin', args: (world) => ({ ...inGroup(world), status: 'Added' }), shows: (world, answered) => [typeof answered, statuses(world)], as: ['number', []] },
  { act: 'commit', args: (_, transaction) => ({ transaction }), before: (world) => acts(world).begin(world.contactId, groupId, 'Added'), shows: statuses, as: ['Added'] },
  { act: 'rollback', args: (_, transaction) => ({ transaction }), before: (world) => acts(world).begin(world.contactId, groupId, 'Added'), shows: statuses, as: [] },

  {
    act: 'addEmail',
    args: (world) => ({ ...ofContact(world), email: 'Second@example.org', primary: true, bulkmail: true }),
    shows: (world) => emails(world).map(({ email, is_primary: primary, is_bulkmail: bulkmail }) => [email, primary, bulkmail]),
    as: [
      ['wilma@example.org', false, false],
      ['second@example.org', true, true],
    ],
  },
  { act: 'editEmail', args: (world) => ({ ...ofEmail(world), email: 'w@example.org' }), shows: (world) => emails(world).map(({ email }) => email), as: ['w@example.org'] },
  { act: 'deleteEmail', args: ofEmail, shows: emails, as: [] },
  { act: 'setPrimary', args: (_, emailId) => ({ emailId }), before: second, shows: (world) => emails(world).map(({ is_primary: primary }) => primary), as: [false, true] },
  { act: 'setBulkmail', args: (world) => ({ ...ofEmail(world), bulkmail: true }), shows: (world) => emails(world).map(({ is_bulkmail: bulkmail }) => bulkmail), as: [true] },
  { act: 'hold', args: (world) => ({ ...ofEmail(world), reason: 'bounce' }), shows: (world) => emails(world).map(({ on_hold: onHold }) => onHold), as: [1] },
  {
    act: 'unhold',
    args: ofEmail,
    before: (world) => {
      acts(world).hold(world.emailId, 'opt-out');
      return 0;
    },
    shows: (world) => emails(world).map(({ on_hold: onHold }) => onHold),
    as: [0],
  },

  { act: 'createGroup', args: () => ({ title: 'Smart', search: [['last_name', '=', 'Weiß']], id: 77 }), shows: async (world) => [tables(world).group.get(77)?.saved_search_id, await membersOf(world, 77)], as: [1, ['Wilma']] },
  { act: 'changeSearch', args: (_, smart) => ({ groupId: smart, search: [['last_name', '=', 'Nobody']] }), before: makeSmart, shows: (world) => membersOf(world, 77), as: [] },
  { act: 'beginCacheRebuild', args: (_, smart) => ({ groupId: smart }), before: makeSmart, shows: (world) => membersOf(world, 77), as: [] },
  {
    act: 'endCacheRebuild',
    args: (_, smart) => ({ groupId: smart }),
    before: (world) => {
      acts(world).beginCacheRebuild(makeSmart(world));
      return 77;
    },
    shows: (world) => membersOf(world, 77),
    as: ['Wilma'],
  },
  {
    act: 'setSmartGroupCacheTimeout',
    args: () => ({ minutes: 0 }),
    before: async (world) => {
      await membersOf(world, makeSmart(world));
      acts(world).rename(world.contactId, { lastName: 'Schwarz' });
      return 77;
    },
    shows: (world) => membersOf(world, 77),
    as: [],
  },
  { act: 'setGroupActive', args: () => ({ groupId, active: false }), shows: (world) => tables(world).group.get(groupId)?.is_active, as: false },
  { act: 'deleteGroup', args: () => ({ groupId }), shows: (world) => tables(world).group.get(groupId), as: undefined },
  { act: 'createTag', args: () => ({ label: 'Donor' }), shows: (world, answered) => tables(world).tag.get(answered as number)?.label, as: 'Donor' },
  { act: 'tag', args: ({ contactId }, tagId) => ({ contactId, tagId }), before: (world) => acts(world).createTag('Donor'), shows: (world) => tables(world).entityTag.size, as: 1 },
  {
    act: 'untag',
    args: ({ contactId }, tagId) => ({ contactId, tagId }),
    before: (world) => {
      const tag = acts(world).createTag('Donor');
      acts(world).tag(world.contactId, tag);
      return tag;
    },
    shows: (world) => tables(world).entityTag.size,
    as: 0,
  },

  { act: 'addKey', args: () => ({ key: 'other', permissions: ['authenticate with api key', 'access CiviCRM', 'view all contacts'] }), shows: (world) => statusOfRead(world, 'other'), as: 200 },
  { act: 'setPermissions', args: () => ({ key: 'simulated-civicrm-key', permissions: [] }), shows: (world) => statusOfRead(world, 'simulated-civicrm-key'), as: 401 },
  { act: 'setTimezone', args: () => ({ timezone: 'Asia/Tokyo' }), shows: firstCreatedDate, as: '2026-01-01 09:00:00' },
  { act: 'setSkew', args: () => ({ skew: 60_000 }), shows: async (world) => new Date((await askCivicrm(world, 'simulated-civicrm-key')).headers.get('date') ?? '').toISOString(), as: '2026-01-01T00:01:00.000Z' },
  { act: 'setCondition', args: () => ({ condition: 'maintenance' }), shows: (world) => statusOfRead(world, 'simulated-civicrm-key'), as: 503 },
  { act: 'planFault', args: () => ({ fault: { fault: { kind: 'status', status: 502 } } }), shows: async (world) => [await statusOfRead(world, 'simulated-civicrm-key'), await statusOfRead(world, 'simulated-civicrm-key')], as: [502, 200] },
  {
    act: 'clearFaults',
    args: nothing,
    before: ({ simulators }) => {
      simulators.civicrm.plan({ fault: { kind: 'reset' } });
      return 0;
    },
    shows: (world) => statusOfRead(world, 'simulated-civicrm-key'),
    as: 200,
  },
];

describe('control: CiviCRM', () => {
  let world: ControlledWorld;
  beforeEach(async () => {
    world = await startControlledWorld();
  });
  afterEach(async () => world.simulators.close());

  for (const { act, args, before, shows, as } of cases)
    it(act, async () => {
      const prepared = (await before?.(world)) ?? 0;
      assert.deepEqual(await shows(world, await world.act('civicrm', act, args(world, prepared))), as);
    });

  it('has no act without a test', async () => {
    const { body } = await world.ask('GET', '/acts');
    const offered = Object.keys((body.result as Record<string, object>)['civicrm'] ?? {});
    assert.deepEqual(offered.sort(), cases.map(({ act }) => act).sort());
  });
});

/** `Contact.get` of the person, with a key. */
const askCivicrm = (world: ControlledWorld, key: string): Promise<Response> => getContacts(world, key, { select: ['created_date'], where: [['id', '=', world.contactId]] });

function getContacts({ simulators }: ControlledWorld, key: string, params: object): Promise<Response> {
  return fetch(`${simulators.urls.civicrm}/civicrm/ajax/api4/Contact/get`, {
    method: 'POST',
    headers: { 'x-civi-auth': `Bearer ${key}` },
    body: new URLSearchParams({ params: JSON.stringify(params) }),
  });
}

/** First names of those who are in a group, by the API. */
async function membersOf(world: ControlledWorld, group: number): Promise<unknown> {
  const response = await getContacts(world, 'simulated-civicrm-key', { select: ['first_name'], where: [['groups', 'IN', [group]]] });
  return ((await response.json()) as { values: { first_name: string }[] }).values.map(({ first_name: name }) => name);
}

async function statusOfRead(world: ControlledWorld, key: string): Promise<number> {
  const response = await askCivicrm(world, key);
  await response.arrayBuffer();
  return response.status;
}

async function firstCreatedDate(world: ControlledWorld): Promise<unknown> {
  const { values } = (await (await askCivicrm(world, 'simulated-civicrm-key')).json()) as { values: { created_date: string }[] };
  return values[0]?.created_date;
}
