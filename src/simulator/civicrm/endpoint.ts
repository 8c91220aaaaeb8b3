import type { SimulatedRequest } from '../service.ts';
import type { CivicrmFlavour } from './options.ts';

const ROUTE = 'civicrm/ajax/api4';

/**
 * The part of APIv4's route after `civicrm/ajax/api4` (`/Contact/get`, or nothing for a batch); null for any other page.
 * Standalone is recorded; the other flavours are documented (facts/civicrm.md).
 */
export function routeOf(request: SimulatedRequest, flavour: CivicrmFlavour): string | null {
  const route = fullRoute(request, flavour);
  if (route === null || !(route === ROUTE || route.startsWith(`${ROUTE}/`))) return null;
  return route.slice(ROUTE.length);
}

function fullRoute(request: SimulatedRequest, flavour: CivicrmFlavour): string | null {
  switch (flavour) {
    case 'standalone':
    case 'drupal':
    case 'backdrop':
    case 'wordpress':
      return request.path.slice(1);
    case 'wordpress-plain':
      return isIndex(request.path) && request.query.get('civiwp') === 'CiviCRM' ? request.query.get('q') : null;
    case 'joomla':
      return isIndex(request.path) && request.query.get('option') === 'com_civicrm' ? request.query.get('task') : null;
  }
}

const isIndex = (path: string): boolean => path === '/' || path === '/index.php';

/** The status of a page that is not CiviCRM's: Standalone shows its login page (recorded), the others have none (assumed). */
export const statusOfOtherPage = (flavour: CivicrmFlavour): number => (flavour === 'standalone' ? 200 : 404);
