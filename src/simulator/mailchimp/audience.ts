import type { Account } from './account.ts';
import type { ListRecord, MemberRecord } from './records.ts';

/** One audience with the look-ups over its members. Every change of a member goes through here or is told here. */
export class Audience {
  readonly list: ListRecord;
  readonly #account: Account;
  readonly #byId = new Map<string, MemberRecord>();
  readonly #byContactId = new Map<string, MemberRecord>();
  readonly #byAddress = new Map<string, MemberRecord>();
  #version = 0;

  constructor(account: Account, list: ListRecord) {
    this.#account = account;
    this.list = list;
    for (const member of list.members) this.#index(member);
  }

  /** Grows with every change of any member: what was computed from an older one is stale. */
  get version(): number {
    return this.#version;
  }

  /** By id (hash), `contact_id` or address: the API takes any of them as `{subscriber_hash}`. */
  find(key: string): MemberRecord | undefined {
    return this.#byId.get(key) ?? this.#byContactId.get(key) ?? this.byAddress(key);
  }

  byAddress(address: string): MemberRecord | undefined {
    return this.#byAddress.get(address.toLowerCase());
  }

  isForgotten(address: string): boolean {
    return Object.hasOwn(this.list.forgotten, address.toLowerCase());
  }

  add(member: MemberRecord): void {
    this.list.members.push(member);
    this.#index(member);
    this.#version++;
  }

  remove(member: MemberRecord): void {
    this.list.members.splice(this.list.members.indexOf(member), 1);
    this.#unindex(member);
    this.#version++;
  }

  /** Gives a member another address and the id that belongs to it; its `contact_id` stays. */
  readdress(member: MemberRecord, address: string, id: string): void {
    this.#unindex(member);
    member.email = address;
    member.id = id;
    this.#index(member);
    this.#version++;
  }

  /** Says that a member was edited: moves its `last_changed`. */
  touch(member: MemberRecord): void {
    member.lastChanged = this.#account.now();
    this.#version++;
  }

  #index(member: MemberRecord): void {
    this.#byContactId.set(member.contactId, member);
    if (member.id !== '') this.#byId.set(member.id, member);
    if (member.email !== '') this.#byAddress.set(member.email.toLowerCase(), member);
  }

  #unindex(member: MemberRecord): void {
    this.#byContactId.delete(member.contactId);
    this.#byId.delete(member.id);
    this.#byAddress.delete(member.email.toLowerCase());
  }
}
