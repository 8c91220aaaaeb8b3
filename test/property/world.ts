import { SECOND } from '../../src/base/clock.ts';
import { CivicrmSimulator } from '../../src/simulator/civicrm/simulator.ts';
import { SimulatorClock } from '../../src/simulator/clock.ts';
import type { ListRecord, MemberRecord } from '../../src/simulator/mailchimp/records.ts';
import { MailchimpSimulator } from '../../src/simulator/mailchimp/simulator.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { webhookUrls } from '../../src/simulator/simulator-settings.ts';
import { setUpWorld, world as ids } from '../../src/simulator/world.ts';
import { CivicrmView } from './civicrm-view.ts';
import { MAILCHIMP, NODE_RED } from './settings.ts';
import { Truth, type Act, type Line } from './truth.ts';

export const LIST = ids.mailchimp.listId;
export const INTEREST = ids.mailchimp.interestId;
export const GROUP: number = ids.civicrm.subscriptionGroup.id;
export const INTEREST_GROUP: number = ids.civicrm.interestGroup.id;

/** Not on a whole second: the services cut to it. */
const START = Date.UTC(2026, 10, 24, 9, 0, 0, 400);

export interface WorldOptions {
  /** Seconds that CiviCRM's clock is ahead. */
  readonly skew: number;
  /** Whether Mailchimp tells of what people do. */
  readonly webhooks: boolean;
  /** Whether it also tells of writes by API. */
  readonly echo: boolean;
  /** Whether an address may be several living contacts', and go from one to another. */
  readonly share: boolean;
}

/** What the truth notes of the sync at the moment of an act. */
export interface SyncThen {
  isAtWork(): boolean;
  /** Whether it has ever met a contact. */
  knows(contact: number): boolean;
  /** Addresses of members of which an update is on its way or of unknown fate. */
  addressesUnderWay(): readonly string[];
  /** Members' ids of the rows that a contact has. */
  membersOf(contact: number): readonly string[];
}

/** Both services with one clock that stands still, what truly happened, and a readable time line of it. */
export class World {
  readonly clock = new SimulatorClock();
  readonly options: WorldOptions;
  readonly mailchimp: MailchimpSimulator;
  readonly civicrm: CivicrmSimulator;
  readonly contacts: CivicrmView;
  readonly truth = new Truth();
  readonly timeline: string[] = [];
  readonly sync: SyncThen;
  /** `contact_id`s of members whose `pending` a form began. */
  readonly signedUp = new Set<string>();

  /** @param receive takes a webhook that Mailchimp sends, and answers its status */
  constructor(options: WorldOptions, sync: SyncThen, receive: (body: string, secret: string) => Promise<number>) {
    this.options = options;
    this.sync = sync;
    this.clock.freeze(START);
    const random = new SeededRandom(1);
    const chance = { clock: this.clock, random: () => random.fraction() };
    const deliver = ({ body, url }: { readonly body: string; readonly url: string }): Promise<number> => receive(body, new URL(url).searchParams.get('secret') ?? '');
    this.mailchimp = new MailchimpSimulator({ ...chance, apiKey: ids.mailchimp.apiKey, baseUrl: () => MAILCHIMP, deliver });
    this.civicrm = new CivicrmSimulator({ ...chance, apiKey: ids.civicrm.apiKey, skew: options.skew * SECOND });
    this.contacts = new CivicrmView(this.civicrm);
    setUpWorld(this.mailchimp, this.civicrm);
    this.mailchimp.batches.manual = true;
    this.mailchimp.webhooks.manual = true;
    if (options.webhooks) this.#registerWebhook();
  }

  get members(): readonly MemberRecord[] {
    return this.#list.members;
  }

  memberAt(address: string): MemberRecord | undefined {
    return this.members.find(({ email }) => email === address);
  }

  /** Seconds since the beginning, as the time line shows them. */
  secondsOf(time: number): number {
    return Math.floor((time - Math.floor(START / SECOND) * SECOND) / SECOND);
  }

  tell(text: string): void {
    this.timeline.push(`${String(this.secondsOf(this.clock.now())).padStart(4)}  ${text}`);
  }

  /** Notes an act on a membership. */
  actOnMember(address: string, act: Pick<Act, 'yes' | 'who' | 'text'>): void {
    this.#note({ ...act, line: this.truth.line(address) });
  }

  /** Notes an act on a contact: it concerns the memberships of all addresses that it has now, and of those that the sync knows it by. */
  actOnContact(contact: number, act: Pick<Act, 'yes' | 'who' | 'text' | 'isOptOut' | 'isDeletion'>): void {
    const known = this.sync.membersOf(contact).flatMap((id) => this.members.filter(({ contactId }) => contactId === id).map(({ email }) => email));
    const lines = [...new Set([...this.contacts.addressesOf(contact), ...known])].map((address) => this.truth.line(address));
    this.#note({ ...act, contact, lines });
  }

  #note(act: Act): void {
    const underWay: Line[] = this.sync.addressesUnderWay().map((address) => this.truth.line(address));
    this.truth.note({ line: null, contact: null, lines: [], isOptOut: false, isDeletion: false, ...act, at: this.clock.now(), duringJob: this.sync.isAtWork(), underWay });
    this.tell(`** ${act.who}: ${act.text}`);
  }

  get #list(): ListRecord {
    const list = this.mailchimp.state.lists.find(({ id }) => id === LIST);
    if (list === undefined) throw new Error('the audience is gone');
    return list;
  }

  #registerWebhook(): void {
    this.#list.webhooks.push({
      id: 'history',
      url: webhookUrls(NODE_RED).webhookUrl,
      events: { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: false },
      sources: { user: true, admin: true, api: this.options.echo },
      signingSecret: null,
      enabled: true,
      failedInARow: 0,
    });
  }
}
