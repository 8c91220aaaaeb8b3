import type { TableName } from './tables.ts';

/** Entities of APIv4 that are simulated with rows of their own. */
export type EntityName = 'Contact' | 'Email' | 'Group' | 'GroupContact' | 'SubscriptionHistory' | 'Tag' | 'EntityTag' | 'Activity';

export const TABLE_OF: Readonly<Record<EntityName, TableName>> = {
  Contact: 'contact',
  Email: 'email',
  Group: 'group',
  GroupContact: 'groupContact',
  SubscriptionHistory: 'subscriptionHistory',
  Tag: 'tag',
  EntityTag: 'entityTag',
  Activity: 'activity',
};

export const isEntityName = (name: string): name is EntityName => Object.hasOwn(TABLE_OF, name);
