import type { SimulatedFailure, SimulatedResponse } from '../service.ts';
import { answer, databaseDown } from './answers.ts';
import type { CivicrmFault } from './faults.ts';
import type { Site } from './site.ts';

/** Waits on the machine's clock, since what is tested is the patience of the client. */
const delayed = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How a request ends that a fault has hit; `respond` does its work. */
export async function struck(site: Site, fault: CivicrmFault, respond: () => SimulatedResponse): Promise<SimulatedResponse | SimulatedFailure> {
  const { kind } = fault;
  if (kind === 'slow') {
    await delayed(fault.delay);
    return respond();
  }
  if (kind === 'cut-short') {
    site.breakdown.afterContacts(fault.contacts);
    respond();
    site.breakdown.end();
    return { failure: 'reset' };
  }
  if (kind === 'done-status' || kind === 'done-reset') respond();
  if (kind === 'reset' || kind === 'done-reset') return { failure: 'reset' };
  if (kind === 'hang') return { failure: 'hang' };
  if (kind === 'html') return databaseDown(site);
  // The page of a web server in front of CiviCRM (assumed).
  return answer(site, fault.status, 'text/html; charset=UTF-8', `<html><head><title>${fault.status}</title></head><body><h1>${fault.status}</h1></body></html>`);
}
