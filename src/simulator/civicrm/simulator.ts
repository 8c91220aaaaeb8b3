import type { SimulatedFailure, SimulatedRequest, SimulatedResponse, SimulatedService } from '../service.ts';
import { CivicrmActs } from './acts.ts';
import { databaseDown, errorBody, errorPage, failurePage, json, loginPage, maintenance, readOnlyMethod, refusal } from './answers.ts';
import { perform } from './api.ts';
import type { ApiCall } from './api.ts';
import { Breakdown } from './breakdown.ts';
import { insertContact, shownNames } from './contact-rows.ts';
import { routeOf, statusOfOtherPage } from './endpoint.ts';
import { ApiError } from './failures.ts';
import { Faults } from './faults.ts';
import type { PlannedFault } from './faults.ts';
import { postedForm } from './form.ts';
import { insertGroup } from './group-rows.ts';
import { SYNC_PERMISSIONS, callerOf } from './keys.ts';
import type { Key } from './keys.ts';
import { memoryTables } from './memory-tables.ts';
import type { CivicrmFlavour, CivicrmSimulatorOptions, Permission } from './options.ts';
import type { Asked } from './request-calls.ts';
import { askedBy, batchCalls, isKeyed, singleCall } from './request-calls.ts';
import { CivicrmRecordActs } from './record-acts.ts';
import type { RowMirror } from './row-mirror.ts';
import { contactsOf } from './saved-searches.ts';
import { loadState, saveState } from './saved-state.ts';
import type { Caller, Site } from './site.ts';
import { SiteTime } from './site-time.ts';
import { SmartGroupCache } from './smart-group-cache.ts';
import { struck } from './struck.ts';
import type { CivicrmTables } from './tables.ts';
import { Transactions } from './transactions.ts';

type Condition = 'running' | 'maintenance' | 'database down';

/** A local CiviCRM that answers APIv4 REST as recorded from real sites; what it does is in docs/reference/simulated-civicrm.md. */
export class CivicrmSimulator implements SimulatedService {
  /** Administrators and people at work. */
  readonly acts: CivicrmActs;
  /** Administrators at work on phones, addresses, memberships, contributions and custom fields. */
  readonly records: CivicrmRecordActs;
  readonly #site: Site;
  readonly #flavour: CivicrmFlavour;
  readonly #apiKey: string;
  readonly #faults = new Faults();
  readonly #mirror: RowMirror | undefined;
  readonly #requests = new Map<string, number>();
  #keys: readonly Key[];
  #condition: Condition = 'running';

  constructor(options: CivicrmSimulatorOptions) {
    this.#mirror = options.mirror;
    const tables = memoryTables(options.mirror);
    const time = new SiteTime(options.clock, options.timezone ?? 'UTC', options.skew ?? 0);
    const smartGroups = new SmartGroupCache(tables, time, options.smartGroupCacheTimeout ?? 5, (search) => contactsOf(this.#site, search));
    this.#site = { tables, time, random: options.random, version: options.version ?? '6.18', transactions: new Transactions(tables), smartGroups, breakdown: new Breakdown() };
    this.#flavour = options.flavour ?? 'standalone';
    this.#apiKey = options.apiKey;
    this.acts = new CivicrmActs(this.#site);
    this.records = new CivicrmRecordActs(this.#site);
    this.#keys = [];
    this.#begin(options.permissions ?? SYNC_PERMISSIONS);
  }

  /** Every row, for reports and tests. */
  get tables(): CivicrmTables {
    return this.#site.tables;
  }

  /** Calls handled so far by `Entity.action`, and requests of several as `batch`. */
  requests(): ReadonlyMap<string, number> {
    return this.#requests;
  }

  /** Another key, with its own contact and permissions; answers the contact's id. */
  addKey(key: string, permissions: readonly Permission[]): number {
    const contactId = this.acts.createContact({ firstName: 'Api', lastName: `User ${this.#keys.length + 1}` });
    this.#keys = [...this.#keys, { key, contactId, permissions }];
    return contactId;
  }

  setPermissions(key: string, permissions: readonly Permission[]): void {
    this.#keys = this.#keys.map((known) => (known.key === key ? { ...known, permissions } : known));
  }

  /** @throws RangeError for a zone that does not exist. */
  setTimezone(timezone: string): void {
    this.#site.time.setTimezone(timezone);
  }

  setSkew(skew: number): void {
    this.#site.time.skew = skew;
  }

  /** Minutes that the cache of a smart group's members is good for. */
  setSmartGroupCacheTimeout(minutes: number): void {
    this.#site.smartGroups.timeout = minutes;
  }

  /** `maintenance`: 503; `database down`: HTML with status 200; both until `running`. */
  setCondition(condition: Condition): void {
    this.#condition = condition;
  }

  plan(fault: PlannedFault): void {
    this.#faults.plan(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  async handle(request: SimulatedRequest): Promise<SimulatedResponse | SimulatedFailure> {
    const route = routeOf(request, this.#flavour);
    if (route === null) return loginPage(this.#site, statusOfOtherPage(this.#flavour));
    const asked = askedBy(route);
    const fault = asked === 'batch' ? this.#faults.take('api4', 'batch') : this.#faults.take(asked.entity, asked.action);
    const respond = (): SimulatedResponse => this.#respond(request, asked);
    const response = fault === null ? respond() : await struck(this.#site, fault, respond);
    await this.#mirror?.flushed();
    return response;
  }

  save(): unknown {
    return saveState(this.#site, this.#keys);
  }

  /** The first key keeps the name that the options gave it. @throws RangeError if it is not a saved state. */
  load(state: unknown): void {
    const { keys } = loadState(this.#site, state);
    this.#keys = keys.map((key, index) => (index === 0 ? { ...key, key: this.#apiKey } : key));
  }

  /** What a new site has: its own organisation, an administrator, the contact of the API key, the administrators' group. */
  #begin(permissions: readonly Permission[]): void {
    const organization = { contact_type: 'Organization', organization_name: 'Default Organization' };
    const named = shownNames({ ...organization, first_name: null, middle_name: null, last_name: null, household_name: null, prefix_id: null }, null);
    insertContact(this.#site, { ...organization, ...named });
    this.acts.createContact({ firstName: 'Site', lastName: 'Admin' });
    const contactId = this.acts.createContact({ firstName: 'Sync', lastName: 'Bot' });
    insertGroup(this.#site, 'Administrators', { name: 'Administrators', group_type: '\u00011\u0001' });
    this.#keys = [{ key: this.#apiKey, contactId, permissions }];
  }

  #respond(request: SimulatedRequest, asked: Asked | 'batch'): SimulatedResponse {
    if (this.#condition === 'database down') return databaseDown(this.#site);
    if (this.#condition === 'maintenance') return maintenance(this.#site);
    const form = postedForm(request);
    const caller = callerOf(request, form, this.#keys);
    if ('refused' in caller) return refusal(this.#site, caller);
    if (request.method === 'GET' && (asked === 'batch' || !asked.action.startsWith('get'))) return readOnlyMethod(this.#site);
    try {
      return asked === 'batch' ? this.#respondToBatch(caller, form) : this.#respondToCall(caller, singleCall(request, form, asked, this.#site.version));
    } catch (error) {
      return failurePage(this.#site, error);
    }
  }

  #respondToCall(caller: Caller, call: ApiCall): SimulatedResponse {
    const { status, body } = this.#run(caller, call);
    return json(this.#site, status, body);
  }

  /** Calls run in order; the whole is a success if any of them is (recorded). */
  #respondToBatch(caller: Caller, form: ReadonlyMap<string, string>): SimulatedResponse {
    this.#count('batch');
    const calls = batchCalls(form);
    if (calls === null) return this.#site.version === '6.5' && form.has('calls') ? json(this.#site, 200, []) : errorPage(this.#site);
    const results = [...calls].map(([place, call]) => [place, this.#run(caller, call)] as const);
    const status = results.some(([, result]) => result.status === 200) ? 200 : (results[0]?.[1].status ?? 200);
    const bodies = results.map(([place, result]) => [place, result.body] as const);
    return json(this.#site, status, isKeyed(form) ? Object.fromEntries(bodies) : bodies.map(([, body]) => body));
  }

  #run(caller: Caller, call: ApiCall): { readonly status: number; readonly body: unknown } {
    this.#count(`${call.entity}.${call.action}`);
    try {
      return { status: 200, body: perform({ site: this.#site, caller }, call) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const body = errorBody(this.#site, caller, error);
      return { status: body.status, body };
    }
  }

  #count(name: string): void {
    this.#requests.set(name, (this.#requests.get(name) ?? 0) + 1);
  }
}
