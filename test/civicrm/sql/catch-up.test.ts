import assert from 'node:assert/strict';
import { SyncError } from '../../../src/base/errors.ts';
import { emailAddress, writeId, type ContactId } from '../../../src/base/ids.ts';
import { groupContact, worldsOf } from '../../contract/reader/reader-world.ts';
import { SqlSite, type SqlPlace } from './sql-place.ts';

const isBehind = (error: unknown): boolean => error instanceof SyncError && error.code === 'civicrm_unreachable' && error.message.includes('copy');

describe('a copy of CiviCRM\'s database that is behind', () => {
  let site: SqlSite;
  let place: SqlPlace;
  let waits: number;
  let meanwhile: () => Promise<void>;
  before(async function () {
    site = await SqlSite.of(this);
  });
  beforeEach(() => {
    waits = 0;
    meanwhile = () => Promise.resolve();
  });

  const open = worldsOf(async () => {
    place = await site.place();
    return {
      ...place,
      meanwhile: () => {
        waits += 1;
        return meanwhile();
      },
    };
  });

  it('is not waited for when it shows everything', async () => {
    const { reader, person, newsletter, happens } = await open();
    await happens((acts) => acts.addToGroup(person('Betty', 'betty@example.org'), newsletter));
    await reader.catchUp();
    assert.equal(waits, 0);
  });

  it('is not waited for on a site without people, history and addresses', async () => {
    const { reader } = await open();
    await reader.catchUp();
    assert.equal(waits, 0);
  });

  const WRITES = {
    'a group contact': async ({ writer, newsletter }, betty) => writer.saveGroupContacts([groupContact(betty, newsletter)], writeId('w')),
    'a contact': async ({ writer }) => void (await writer.createContacts([{ firstName: 'Pebbles', lastName: '', email: emailAddress('pebbles@example.org'), source: 'x' }])),
    'a name': async ({ writer }, betty) => writer.saveNames(betty, { firstName: 'Elisabeth' }),
    'an address': async ({ writer }, betty) => writer.addEmail(betty, emailAddress('other@example.org')),
    'an address on hold': async ({ writer }, betty) => writer.holdEmail(betty, emailAddress('betty@example.org')),
  } satisfies Record<string, (world: Awaited<ReturnType<typeof open>>, betty: ContactId) => Promise<void>>;
  for (const [what, write] of Object.entries(WRITES)) {
    it(`is waited for until it shows ${what} that was written`, async () => {
      const world = await open();
      const { reader, person, time, happens } = world;
      const betty = await happens(() => person('Betty', 'betty@example.org'));
      time.service.advance(2000);
      place.mirror.hold();
      await write(world, betty);
      meanwhile = async () => {
        if (waits === 3) await place.mirror.release();
      };
      await reader.catchUp();
      assert.equal(waits, 3);
    });
  }

  it('sees the later of two changes in one second', async () => {
    const { reader, writer, person, happens } = await open();
    const [betty, barney] = await happens(() => [person('Betty'), person('Barney')] as const);
    await writer.saveNames(betty, { firstName: 'Elisabeth' });
    place.mirror.hold();
    await writer.createContacts([{ firstName: 'Pebbles', lastName: '', email: emailAddress('pebbles@example.org'), source: 'x' }]);
    await assert.rejects(reader.catchUp(), isBehind);
    await place.mirror.release();
    await reader.catchUp();
    assert.deepEqual((await reader.contactsById([betty, barney])).map(({ firstName }) => firstName), ['Elisabeth', 'Barney']);
  });

  it('is given up when it is too far behind, with a word on what to do', async () => {
    const { reader, person, happens } = await open();
    place.mirror.hold();
    await happens(() => person('Betty'));
    await assert.rejects(reader.catchUp(), isBehind);
  });

  it('is believed when what it waited for is deleted meanwhile', async () => {
    const { reader, person, simulator, happens } = await open();
    const betty = await happens(() => person('Betty', 'betty@example.org'));
    place.mirror.hold();
    const barney = person('Barney', 'barney@example.org');
    meanwhile = async () => {
      if (waits !== 2) return;
      simulator.acts.deletePermanently(barney);
      await place.mirror.release();
    };
    await reader.catchUp();
    assert.deepEqual((await reader.contactsById([betty, barney])).map(({ id }) => id), [betty]);
  });

  it('is waited for no longer when the run is stopped', async () => {
    const { reader, person, happens } = await open();
    place.mirror.hold();
    await happens(() => person('Betty'));
    const stop = new AbortController();
    meanwhile = async () => stop.abort();
    await assert.rejects(reader.catchUp(stop.signal), (error: unknown) => error instanceof SyncError && error.code === 'aborted');
    assert.equal(waits, 1);
  });
});
