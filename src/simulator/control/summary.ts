import type { CivicrmSimulator, MailchimpSimulator } from '../simulated-services.ts';

type Counts = Readonly<Record<string, number>>;

export interface Summary {
  /** Members by status, by audience. */
  readonly mailchimp: { readonly members: Readonly<Record<string, Counts>>; readonly batches: Counts; readonly webhookDeliveries: Counts };
  /** Contacts live and in the trash; group contacts by status, by group. */
  readonly civicrm: { readonly contacts: Counts; readonly groups: Readonly<Record<string, Counts>> };
}

/** How many there are of each in both services, by status. */
export function summarise({ state }: MailchimpSimulator, { tables }: CivicrmSimulator): Summary {
  const groups = Map.groupBy(tables.groupContact.all(), (row) => row.group_id);
  return {
    mailchimp: {
      members: Object.fromEntries(state.lists.map(({ id, members }) => [id, countBy(members, ({ status }) => status)])),
      batches: countBy(state.batches, ({ status }) => status),
      webhookDeliveries: countBy(state.deliveries, (delivery) => delivery.state),
    },
    civicrm: {
      contacts: countBy(tables.contact.all(), (contact) => (contact.is_deleted ? 'trashed' : 'live')),
      groups: Object.fromEntries([...groups].map(([id, rows]) => [String(id), countBy(rows, ({ status }) => status ?? 'none')])),
    },
  };
}

function countBy<Item>(items: Iterable<Item>, kind: (item: Item) => string): Counts {
  const counts: Record<string, number> = {};
  for (const item of items) counts[kind(item)] = (counts[kind(item)] ?? 0) + 1;
  return counts;
}
