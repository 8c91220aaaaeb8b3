import type { CivicrmSimulator, MailchimpSimulator } from './simulated-services.ts';

/**
 * The ids, names and keys of the world that the simulators are set up with. They are fixed, so that settings stay valid
 * from one start to the next; the keys open nothing but the local simulators.
 */
export const world = {
  mailchimp: {
    account: 'simulated',
    apiKey: '51a1a7ed51a1a7ed51a1a7ed51a1a7ed-us11',
    listId: 'a0d1e2c3b4',
    listName: 'Newsletter',
    interestCategory: 'Topics',
    interestId: '1e7e5e57ed',
    interestName: 'Events',
    /** A merge field that CiviCRM's job title fills. */
    jobField: 'JOB',
  },
  civicrm: {
    apiKey: 'simulated-civicrm-key',
    subscriptionGroup: { id: 11, title: 'Newsletter' },
    interestGroup: { id: 12, title: 'Newsletter: Events' },
    /** Tags whose label begins so are Mailchimp tags too. */
    tagPrefix: 'News: ',
  },
  webhookSecret: 'simulated-webhook-secret',
} as const;

/** Makes the audience with its interest, and the groups, in services that hold nothing yet. */
export function setUpWorld(mailchimp: MailchimpSimulator, civicrm: CivicrmSimulator): void {
  const { listId, listName, interestCategory, interestId, interestName } = world.mailchimp;
  mailchimp.setup.createList({ id: listId, name: listName });
  mailchimp.setup.createMergeField(listId, { tag: world.mailchimp.jobField, name: 'Job title' });
  mailchimp.setup.createInterestCategory(listId, interestCategory);
  mailchimp.setup.createInterest(listId, interestCategory, interestName, interestId);
  civicrm.acts.createGroup(world.civicrm.subscriptionGroup);
  civicrm.acts.createGroup(world.civicrm.interestGroup);
}
