import assert from 'node:assert/strict';
import { writeId } from '../../../src/base/ids.ts';
import { groupContact, START, type ReaderWorld, type WorldOptions } from './reader-world.ts';

const SUMMER = Date.UTC(2026, 6, 24, 9);

export const datesContract = (open: (options?: WorldOptions) => Promise<ReaderWorld>): void => {
  for (const timezone of ['UTC', 'America/New_York', 'Europe/London']) {
    it(`dates of a site in ${timezone} are the moments they are, also those of last summer`, async () => {
      const { reader, writer, person, newsletter, time, happens } = await open({ timezone });
      time.service.set(SUMMER);
      const betty = await happens((acts) => {
        const found = person('Betty');
        acts.addToGroup(found, newsletter);
        return found;
      });
      assert.equal((await reader.contactsById([betty]))[0]?.modified, SUMMER);
      time.service.set(START);
      await writer.saveGroupContacts([groupContact(betty, newsletter, 'Removed')], writeId('w1'));
      assert.deepEqual((await reader.history([betty], [newsletter])).map(({ date, status }) => [date, status]), [[SUMMER, 'Added'], [START, 'Removed']]);
      assert.equal((await reader.contactsById([betty]))[0]?.modified, SUMMER);
      assert.equal((await reader.modifiedSince(SUMMER, null, 1000)).includes(betty), true);
      assert.equal(reader.now(), START);
      await reader.checkTimezone();
    });
  }

  it('the clock is that of the site', async () => {
    const { reader } = await open({ skew: 90_000 });
    await reader.probe();
    assert.ok(Math.abs(reader.clockOffset() - 90_000) <= 1000); // its header has whole seconds
    assert.equal(reader.now(), START + 90_000);
  });
};
