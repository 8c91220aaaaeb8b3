import type { SimulatedFailure, SimulatedRequest, SimulatedResponse, SimulatedService } from '../service.ts';
import type { CivicrmActs } from './acts.ts';
import type { PlannedFault } from './faults.ts';
import type { CivicrmSimulatorOptions, Permission } from './options.ts';
import type { CivicrmTables } from './tables.ts';

/** A local CiviCRM that answers APIv4 REST as recorded from real sites; what it does is in docs/reference/simulated-civicrm.md. */
export class CivicrmSimulator implements SimulatedService {
  /** Administrators and people at work. */
  declare readonly acts: CivicrmActs;
  /** Every row, for reports and tests. */
  declare readonly tables: CivicrmTables;

  constructor(options: CivicrmSimulatorOptions) {
    void options;
  }

  /** Calls handled so far by `Entity.action`, and `batch`. */
  requests(): ReadonlyMap<string, number> {
    throw new RangeError('not simulated yet');
  }

  /** Another key, with its own contact and permissions. */
  addKey(key: string, permissions: readonly Permission[]): void {
    throw new RangeError(`not simulated yet ${key} ${permissions.length}`);
  }

  setPermissions(key: string, permissions: readonly Permission[]): void {
    throw new RangeError(`not simulated yet ${key} ${permissions.length}`);
  }

  setTimezone(timezone: string): void {
    throw new RangeError(`not simulated yet ${timezone}`);
  }

  setSkew(skew: number): void {
    throw new RangeError(`not simulated yet ${skew}`);
  }

  /** `maintenance`: 503; `database down`: HTML with status 200; both until `running`. */
  setCondition(condition: 'running' | 'maintenance' | 'database down'): void {
    throw new RangeError(`not simulated yet ${condition}`);
  }

  plan(fault: PlannedFault): void {
    throw new RangeError(`not simulated yet ${fault.fault.kind}`);
  }

  clearFaults(): void {
    throw new RangeError('not simulated yet');
  }

  handle(request: SimulatedRequest): Promise<SimulatedResponse | SimulatedFailure> {
    return Promise.reject(new RangeError(`not simulated yet ${request.path}`));
  }

  save(): unknown {
    throw new RangeError('not simulated yet');
  }

  load(state: unknown): void {
    throw new RangeError(`not simulated yet ${typeof state}`);
  }
}
