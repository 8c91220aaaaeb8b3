import { isFixed, type FixedEntity } from './fixed-tables.ts';
import type { TableName } from './tables.ts';

/** Entities of APIv4 whose rows are a site's own. */
type SiteEntity = 'Contact' | 'Email' | 'Group' | 'GroupContact' | 'SubscriptionHistory' | 'Tag' | 'EntityTag' | 'Activity' | 'Phone' | 'Address' | 'Membership' | 'Contribution';
/** Entities of APIv4 that are simulated. */
export type EntityName = SiteEntity | FixedEntity;

export const TABLE_OF: Readonly<Record<SiteEntity, TableName>> = {
  Contact: 'contact',
  Email: 'email',
  Group: 'group',
  GroupContact: 'groupContact',
  SubscriptionHistory: 'subscriptionHistory',
  Tag: 'tag',
  EntityTag: 'entityTag',
  Activity: 'activity',
  Phone: 'phone',
  Address: 'address',
  Membership: 'membership',
  Contribution: 'contribution',
};

export const isEntityName = (name: string): name is EntityName => Object.hasOwn(TABLE_OF, name) || isFixed(name);
