import type { SimulatedRequest } from '../service.ts';
import type { CivicrmFlavour } from './options.ts';

const ROUTE = 'civicrm/ajax/api4';

type Route = (request: SimulatedRequest) => string | null;
const isIndex = ({ path }: SimulatedRequest): boolean => path === '/' || path === '/index.php';
const byPath: Route = ({ path }) => path.slice(1);

const ROUTES: Readonly<Record<CivicrmFlavour, Route>> = {
  standalone: byPath,
  drupal: byPath,
  backdrop: byPath,
  wordpress: byPath,
  'wordpress-plain': (request) => (isIndex(request) && request.query.get('civiwp') === 'CiviCRM' ? request.query.get('q') : null),
  joomla: (request) => (isIndex(request) && request.query.get('option') === 'com_civicrm' ? request.query.get('task') : null),
};

/**
 * The part of APIv4's route after `civicrm/ajax/api4` (`/Contact/get`, or nothing for a batch); null for any other page.
 * Standalone is recorded; the other flavours are documented (facts/civicrm.md).
 */
export function routeOf(request: SimulatedRequest, flavour: CivicrmFlavour): string | null {
  const route = ROUTES[flavour](request);
  if (route === null || !(route === ROUTE || route.startsWith(`${ROUTE}/`))) return null;
  return route.slice(ROUTE.length);
}

/** The status of a page that is not CiviCRM's: Standalone shows its login page (recorded), the others have none (assumed). */
export const statusOfOtherPage = (flavour: CivicrmFlavour): number => (flavour === 'standalone' ? 200 : 404);
