import type { MemberRecord } from '../../src/simulator/mailchimp/records.ts';
import type { Audience } from './audience.ts';
import type { Job } from './jobs.ts';
import type { World } from './world.ts';

/** Notices what changed at the services after an act or an effect of the sync, whoever did it. */
export class Watch {
  readonly #world: World;
  readonly #members = new Map<string, { readonly email: string; readonly text: string }>();
  #contacts: number;
  #history: number;
  /** Which contacts ever had an address. */
  readonly had = new Map<string, Set<number>>();
  /** Contacts that the sync made. */
  readonly created: number[] = [];
  /** Addresses for which the sync made a contact although one that it had made was there. */
  readonly madeTwice: string[] = [];
  /** History rows of the sync: how much of the truth had happened when the job began that wrote them. */
  readonly knownAt = new Map<number, number>();
  /** How often the sync wrote to a service; operations of batches count when they are sent. */
  writes = 0;

  constructor(world: World) {
    this.#world = world;
    this.#contacts = world.contacts.all().at(-1)?.id ?? 0;
    this.#history = 0;
  }

  /** After a change at Mailchimp. */
  mailchimp(): void {
    for (const audience of this.#world.audiences) for (const member of audience.members) this.#member(audience, member);
  }

  #member({ binding, truth, signedUp }: Audience, member: MemberRecord): void {
    const key = `${binding.list} ${member.contactId}`;
    const before = this.#members.get(key);
    const text = JSON.stringify(member);
    if (before?.text === text) return;
    if (before && before.email !== member.email) truth.moveLine(before.email, member.email);
    if (member.status !== 'pending') signedUp.delete(member.contactId);
    truth.edited(truth.line(member.email), this.#world.clock.now());
    this.#members.set(key, { email: member.email, text });
  }

  /** After a change in CiviCRM, by a job of the sync or by somebody else. */
  civicrm(job: Job | undefined): void {
    const { contacts } = this.#world;
    for (const { contact, address } of contacts.ownings()) this.had.set(address, (this.had.get(address) ?? new Set()).add(contact));
    for (const { id } of contacts.all().filter((row) => row.id > this.#contacts)) {
      this.#contacts = id;
      if (job) this.#wasCreated(id);
    }
    for (const row of contacts.history().filter(({ id }) => id > this.#history)) {
      this.#history = Math.max(this.#history, row.id);
      if (job && row.tracking) this.knownAt.set(row.id, job.began);
    }
  }

  #wasCreated(id: number): void {
    const { contacts } = this.#world;
    for (const address of contacts.addressesOf(id))
      if (this.created.some((other) => contacts.isLive(other) && contacts.addressesOf(other).includes(address))) this.madeTwice.push(address);
    this.created.push(id);
  }
}
