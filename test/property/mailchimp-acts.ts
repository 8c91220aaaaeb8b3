import type { Audience } from './audience.ts';
import type { World } from './world.ts';

const isSubscribed = (status: string | undefined): boolean => status === 'subscribed' || status === 'pending';

/** What people and administrators do at Mailchimp. Each notes in the truth what it says of a subscription, if there was anything to do. */
export const mailchimpActs = {
  subscribe(world: World, audience: Audience, address: string): void {
    if (world.mailchimp.people.subscribe(audience.binding.list, address)) audience.actOnMember(address, { yes: true, who: 'person', text: `subscribes ${address} by form` });
  },

  /** By a form with double opt-in: nothing is said before it is confirmed. */
  signUp(world: World, audience: Audience, address: string): void {
    if (!world.mailchimp.people.signUp(audience.binding.list, address)) return;
    audience.signedUp.add(audience.memberAt(address)?.contactId ?? '');
    audience.tell(`** person: signs ${address} up, to be confirmed`);
  },

  confirm(world: World, audience: Audience, address: string): void {
    if (world.mailchimp.people.confirm(audience.binding.list, address)) audience.actOnMember(address, { yes: true, who: 'person', text: `confirms ${address}` });
  },

  unsubscribe(world: World, audience: Audience, address: string): void {
    if (world.mailchimp.people.unsubscribe(audience.binding.list, address)) audience.actOnMember(address, { yes: false, who: 'person', text: `unsubscribes ${address} at Mailchimp` });
  },

  editProfile(world: World, audience: Audience, address: string, name: string): void {
    if (world.mailchimp.people.editProfile(audience.binding.list, address, { FNAME: name })) audience.tell(`** person: names the member ${address} ${name}`);
  },

  toggleInterest(world: World, audience: Audience, address: string): void {
    const { list, interest } = audience.binding;
    if (!interest) return;
    const on = audience.memberAt(address)?.interests.includes(interest.id) !== true;
    if (world.mailchimp.people.setInterest(list, address, interest.id, on)) audience.tell(`** person: turns the interest of ${address} ${on ? 'on' : 'off'}`);
  },

  changeAddress(world: World, audience: Audience, address: string, to: string): void {
    if (world.mailchimp.people.changeAddress(audience.binding.list, address, to)) audience.tell(`** person: changes the address ${address} to ${to} at Mailchimp`);
  },

  adminSubscribe(world: World, audience: Audience, address: string): void {
    if (world.mailchimp.administrators.subscribe(audience.binding.list, address)) audience.actOnMember(address, { yes: true, who: 'mailchimp-admin', text: `subscribes ${address} at Mailchimp` });
  },

  adminUnsubscribe(world: World, audience: Audience, address: string): void {
    if (world.mailchimp.administrators.unsubscribe(audience.binding.list, address)) audience.actOnMember(address, { yes: false, who: 'mailchimp-admin', text: `unsubscribes ${address} at Mailchimp` });
  },

  archive(world: World, audience: Audience, address: string): void {
    if (!isSubscribed(audience.memberAt(address)?.status)) return; // a "no" is said already
    if (world.mailchimp.administrators.archive(audience.binding.list, address)) audience.actOnMember(address, { yes: false, who: 'mailchimp-admin', text: `archives ${address}` });
  },

  /** Mailchimp itself takes out an address that bounces. */
  clean(world: World, audience: Audience, address: string): void {
    if (!isSubscribed(audience.memberAt(address)?.status)) return;
    if (world.mailchimp.administrators.clean(audience.binding.list, address)) audience.actOnMember(address, { yes: false, who: 'mailchimp-admin', text: `cleans ${address}` });
  },

  deletePermanently(world: World, audience: Audience, address: string): void {
    if (world.mailchimp.administrators.deletePermanently(audience.binding.list, address)) audience.actOnMember(address, { yes: false, who: 'mailchimp-admin', text: `deletes ${address} for good` });
  },
} satisfies Record<string, (world: World, audience: Audience, address: string, more: string) => void>;
