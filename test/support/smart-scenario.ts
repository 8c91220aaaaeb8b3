import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/simulator/simulator-settings.ts';
import { world } from '../../src/simulator/world.ts';
import { call } from '../simulator/civicrm/site.ts';
import { openScenario, type Scenario } from './scenario.ts';

/** The search of the group: members of the Rubble family. */
const RUBBLES = [['last_name', '=', 'Rubble']];
/** Seconds: CiviCRM searches anew when what it found is older than five minutes. */
export const SEARCHED_ANEW = 6 * 60;

/** A world whose audience (or interest) is bound to a smart group. */
export class SmartScenario {
  readonly s: Scenario;
  readonly smart: number;

  private constructor(s: Scenario, smart: number) {
    this.s = s;
    this.smart = smart;
  }

  static async open(binding: (smart: string) => JsonObject = (smart) => ({ subscriptionGroup: smart })): Promise<SmartScenario> {
    const s = await openScenario();
    const smart = s.civi.acts.createGroup({ title: 'Rubbles', search: RUBBLES });
    s.sync.engine = await s.world.reopen(binding(String(smart)));
    return new SmartScenario(s, smart);
  }

  /** A contact that the search finds. */
  rubble(firstName: string, email: string): number {
    return this.s.civi.acts.createContact({ firstName, lastName: 'Rubble', email });
  }

  /** A contact that the search does not find. */
  flintstone(firstName: string, email: string): number {
    return this.s.civi.creates(firstName, email);
  }

  enters(contact: number): void {
    this.s.civi.acts.rename(contact, { lastName: 'Rubble' });
  }

  leaves(contact: number): void {
    this.s.civi.acts.rename(contact, { lastName: 'Slate' });
  }

  /** Through APIv4, which leaves what CiviCRM has found as it is. */
  async removesByApi(contact: number): Promise<void> {
    const save = { records: [{ contact_id: contact, group_id: this.smart, status: 'Removed' }], match: ['contact_id', 'group_id'] };
    assert.equal((await call(this.s.world.civicrm, 'GroupContact.save', save, world.civicrm.apiKey)).status, 200);
  }

  /** Incremental runs, so far apart that CiviCRM searches anew in between. */
  async runs(times: number): Promise<void> {
    for (let run = 0; run < times; run++) {
      this.s.passes(SEARCHED_ANEW);
      await this.s.sync.run();
      this.s.passes(5);
      await this.s.batchesSettle();
    }
  }

  /** Edits have ended; a run after another search of CiviCRM's, because one alone is not believed, and all comes to rest. */
  async rests(): Promise<void> {
    this.s.webhooksAreLost();
    await this.runs(1);
    this.s.passes(SEARCHED_ANEW);
    await this.s.comesToRest();
  }

  /** The sync has written nothing to any group. */
  assertGroupsUntouched(): void {
    assert.deepEqual([...this.s.world.civicrm.tables.groupContact.all()].filter((row) => row.group_id === this.smart), []);
    const ours = [...this.s.world.civicrm.tables.subscriptionHistory.all()].filter((row) => row.tracking?.startsWith('mailchimpsync:'));
    assert.deepEqual(ours, []);
  }
}
