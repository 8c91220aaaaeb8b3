import assert from 'node:assert/strict';
import type { FormEntry } from '../../src/simulator/mailchimp/people.ts';
import { INTEREST, LIST, type SyncWorld } from './sync-world.ts';

/** What a person does at Mailchimp. An act that has nothing to do is a slip of the test. */
export class Person {
  readonly #world: SyncWorld;

  constructor(world: SyncWorld) {
    this.#world = world;
  }

  get #people() {
    return this.#world.mailchimp.people;
  }

  subscribes(address: string, entry: FormEntry = {}, list: string = LIST): void {
    assert.ok(this.#people.subscribe(list, address, entry), 'subscribed already');
  }

  /** By a form with double opt-in. */
  signsUp(address: string): void {
    assert.ok(this.#people.signUp(LIST, address), 'joined already');
  }

  confirms(address: string): void {
    assert.ok(this.#people.confirm(LIST, address), 'nothing to confirm');
  }

  unsubscribes(address: string, list: string = LIST): void {
    assert.ok(this.#people.unsubscribe(list, address), 'nothing to leave');
  }

  complains(address: string): void {
    assert.ok(this.#people.complain(LIST, address), 'nothing to leave');
  }

  movesTo(from: string, to: string): void {
    assert.ok(this.#people.changeAddress(LIST, from, to), 'cannot move');
  }

  isCalled(address: string, firstName: string): void {
    assert.ok(this.#people.editProfile(LIST, address, { FNAME: firstName }), 'is called so already');
  }

  ticks(address: string, interest: string = INTEREST): void {
    assert.ok(this.#people.setInterest(LIST, address, interest, true), 'ticked already');
  }

  unticks(address: string, interest: string = INTEREST): void {
    assert.ok(this.#people.setInterest(LIST, address, interest, false), 'not ticked');
  }
}

/** What an administrator does in Mailchimp's pages, and Mailchimp itself. */
export class MailchimpAdministrator {
  readonly #world: SyncWorld;

  constructor(world: SyncWorld) {
    this.#world = world;
  }

  get #administrators() {
    return this.#world.mailchimp.administrators;
  }

  subscribes(address: string): void {
    assert.ok(this.#administrators.subscribe(LIST, address), 'cannot be subscribed');
  }

  unsubscribes(address: string): void {
    assert.ok(this.#administrators.unsubscribe(LIST, address), 'nothing to unsubscribe');
  }

  archives(address: string): void {
    assert.ok(this.#administrators.archive(LIST, address), 'cannot be archived');
  }

  deletesForGood(address: string): void {
    assert.ok(this.#administrators.deletePermanently(LIST, address), 'nothing to delete');
  }

  /** After bounces. */
  cleans(address: string): void {
    assert.ok(this.#administrators.clean(LIST, address), 'cleaned already');
  }
}
