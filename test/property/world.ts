import { SECOND } from '../../src/base/clock.ts';
import { CivicrmSimulator } from '../../src/simulator/civicrm/simulator.ts';
import { SimulatorClock } from '../../src/simulator/clock.ts';
import type { MemberRecord } from '../../src/simulator/mailchimp/records.ts';
import { MailchimpSimulator } from '../../src/simulator/mailchimp/simulator.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { webhookUrls } from '../../src/simulator/simulator-settings.ts';
import { setUpWorld, world as ids } from '../../src/simulator/world.ts';
import { Audience, BINDINGS } from './audience.ts';
import { CivicrmView } from './civicrm-view.ts';
import { MAILCHIMP, NODE_RED, type ListOptions } from './settings.ts';
import { Sequence } from './truth.ts';

/** Not on a whole second: the services cut to it. */
const START = Date.UTC(2026, 10, 24, 9, 0, 0, 400);

export interface WorldOptions extends ListOptions {
  /** Seconds that CiviCRM's clock is ahead. */
  readonly skew: number;
  /** Whether Mailchimp tells of what people do. */
  readonly webhooks: boolean;
  /** Whether it also tells of writes by API. */
  readonly echo: boolean;
  /** Whether an address may be several living contacts', and go from one to another. */
  readonly share: boolean;
  /** One, or two of the same account and site, each bound to a group of its own. */
  readonly audiences: number;
}

/** What the truth notes of the sync of an audience at the moment of an act. */
export interface SyncThen {
  isAtWork(): boolean;
  /** Whether it has ever met a contact. */
  knows(contact: number, list: string): boolean;
  /** Addresses of members of which an update is on its way or of unknown fate. */
  addressesUnderWay(list: string): readonly string[];
  /** Members' ids of the rows that a contact has. */
  membersOf(contact: number, list: string): readonly string[];
}

/** Both services with one clock that stands still, what truly happened, and a readable time line of it. */
export class World {
  readonly clock = new SimulatorClock();
  readonly options: WorldOptions;
  readonly mailchimp: MailchimpSimulator;
  readonly civicrm: CivicrmSimulator;
  readonly contacts: CivicrmView;
  readonly audiences: readonly Audience[];
  /** Counts what truly happened. */
  readonly sequence = new Sequence();
  readonly timeline: string[] = [];
  readonly sync: SyncThen;

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
    this.audiences = BINDINGS.slice(0, options.audiences).map((binding) => new Audience(this, binding, this.sequence));
    for (const { binding } of this.audiences.slice(1)) {
      this.mailchimp.setup.createList({ id: binding.list, name: 'Members' });
      this.civicrm.acts.createGroup({ id: binding.group, title: 'Members' });
    }
    if (options.webhooks) for (const audience of this.audiences) this.#registerWebhook(audience);
  }

  /** The one that a number of an action means. */
  audience(which: number): Audience {
    return this.audiences[which % this.audiences.length]!;
  }

  audienceOf(list: string): Audience {
    const audience = this.audiences.find(({ binding }) => binding.list === list);
    if (audience === undefined) throw new Error(`no history has the audience ${list}`);
    return audience;
  }

  get members(): readonly MemberRecord[] {
    return this.audiences.flatMap(({ members }) => members);
  }

  /** Whether CiviCRM says that a contact may not be mailed, and the sync is to respect that. */
  isOptedOut(contact: number): boolean {
    return this.options.optOut === 'respect' && this.contacts.isMarked(contact);
  }

  /** Seconds since the beginning, as the time line shows them. */
  secondsOf(time: number): number {
    return Math.floor((time - Math.floor(START / SECOND) * SECOND) / SECOND);
  }

  tell(text: string): void {
    this.timeline.push(`${String(this.secondsOf(this.clock.now())).padStart(4)}  ${text}`);
  }

  #registerWebhook({ record }: Audience): void {
    record.webhooks.push({
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
