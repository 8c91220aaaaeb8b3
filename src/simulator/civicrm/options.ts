import type { SimulatorClock } from '../clock.ts';
import type { RowMirror } from './row-mirror.ts';

/** Where APIv4 REST is on each kind of site (facts/civicrm.md). */
export type CivicrmFlavour = 'standalone' | 'drupal' | 'backdrop' | 'wordpress' | 'wordpress-plain' | 'joomla';
export type CivicrmVersion = '6.18' | '6.15' | '6.5';

export type Permission =
  | 'authenticate with api key'
  | 'access CiviCRM'
  | 'view all contacts'
  | 'edit all contacts'
  | 'add contacts'
  | 'edit groups'
  | 'delete contacts'
  | 'access deleted contacts'
  | 'view debug output'
  | 'view all activities'
  | 'access all custom data'
  | 'access CiviMember'
  | 'access CiviContribute'
  | 'administer CiviCRM';

export interface CivicrmSimulatorOptions {
  readonly clock: SimulatorClock;
  /** From 0 (inclusive) to 1 (exclusive); seeded in tests. */
  readonly random: () => number;
  readonly apiKey: string;
  /** Zone of the site; dates in answers are in it and carry no offset. Default UTC. */
  readonly timezone?: string;
  /** Milliseconds that the site's clock is ahead of the simulator's. Default 0. */
  readonly skew?: number;
  /** Minutes that the cache of a smart group's members is good for. Default 5, as CiviCRM's. */
  readonly smartGroupCacheTimeout?: number;
  /** Default standalone. */
  readonly flavour?: CivicrmFlavour;
  /** Default 6.18. */
  readonly version?: CivicrmVersion;
  /** Permissions of `apiKey`; by default those that the sync needs. */
  readonly permissions?: readonly Permission[];
  /** Keeps a copy of the rows in a database. Default: there is none. */
  readonly mirror?: RowMirror;
}
