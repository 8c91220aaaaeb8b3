import { INTEREST, LIST, type World } from './world.ts';

const isSubscribed = (status: string | undefined): boolean => status === 'subscribed' || status === 'pending';

/** What people and administrators do at Mailchimp. Each notes in the truth what it says of a subscription, if there was anything to do. */
export const mailchimpActs = {
  subscribe(world: World, address: string): void {
    if (world.mailchimp.people.subscribe(LIST, address)) world.actOnMember(address, { yes: true, who: 'person', text: `subscribes ${address} by form` });
  },

  /** By a form with double opt-in: nothing is said before it is confirmed. */
  signUp(world: World, address: string): void {
    if (!world.mailchimp.people.signUp(LIST, address)) return;
    world.signedUp.add(world.memberAt(address)?.contactId ?? '');
    world.tell(`** person: signs ${address} up, to be confirmed`);
  },

  confirm(world: World, address: string): void {
    if (world.mailchimp.people.confirm(LIST, address)) world.actOnMember(address, { yes: true, who: 'person', text: `confirms ${address}` });
  },

  unsubscribe(world: World, address: string): void {
    if (world.mailchimp.people.unsubscribe(LIST, address)) world.actOnMember(address, { yes: false, who: 'person', text: `unsubscribes ${address} at Mailchimp` });
  },

  editProfile(world: World, address: string, name: string): void {
    if (world.mailchimp.people.editProfile(LIST, address, { FNAME: name })) world.tell(`** person: names the member ${address} ${name}`);
  },

  toggleInterest(world: World, address: string): void {
    const on = world.memberAt(address)?.interests.includes(INTEREST) !== true;
    if (world.mailchimp.people.setInterest(LIST, address, INTEREST, on)) world.tell(`** person: turns the interest of ${address} ${on ? 'on' : 'off'}`);
  },

  changeAddress(world: World, address: string, to: string): void {
    if (world.mailchimp.people.changeAddress(LIST, address, to)) world.tell(`** person: changes the address ${address} to ${to} at Mailchimp`);
  },

  adminSubscribe(world: World, address: string): void {
    if (world.mailchimp.administrators.subscribe(LIST, address)) world.actOnMember(address, { yes: true, who: 'mailchimp-admin', text: `subscribes ${address} at Mailchimp` });
  },

  adminUnsubscribe(world: World, address: string): void {
    if (world.mailchimp.administrators.unsubscribe(LIST, address)) world.actOnMember(address, { yes: false, who: 'mailchimp-admin', text: `unsubscribes ${address} at Mailchimp` });
  },

  archive(world: World, address: string): void {
    if (!isSubscribed(world.memberAt(address)?.status)) return; // a "no" is said already
    if (world.mailchimp.administrators.archive(LIST, address)) world.actOnMember(address, { yes: false, who: 'mailchimp-admin', text: `archives ${address}` });
  },

  /** Mailchimp itself takes out an address that bounces. */
  clean(world: World, address: string): void {
    if (!isSubscribed(world.memberAt(address)?.status)) return;
    if (world.mailchimp.administrators.clean(LIST, address)) world.actOnMember(address, { yes: false, who: 'mailchimp-admin', text: `cleans ${address}` });
  },

  deletePermanently(world: World, address: string): void {
    if (world.mailchimp.administrators.deletePermanently(LIST, address)) world.actOnMember(address, { yes: false, who: 'mailchimp-admin', text: `deletes ${address} for good` });
  },
} satisfies Record<string, (world: World, address: string, more: string) => void>;
