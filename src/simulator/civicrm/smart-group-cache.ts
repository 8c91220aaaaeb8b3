import type { GroupRow } from './rows.ts';
import type { SiteTime } from './site-time.ts';
import type { CivicrmTables } from './tables.ts';

const MINUTE = 60_000;

/** Ids of the contacts that a saved search finds now. */
export type RunSearch = (savedSearchId: number) => Iterable<number>;

/** What of the cache is not in tables and must survive a restart. */
export interface SavedSmartGroups {
  /** Minutes. */
  readonly timeout: number;
  /** Groups whose lock another process holds. */
  readonly locked: readonly number[];
}

/**
 * Members of smart groups, as CiviCRM keeps them: rows of `civicrm_group_contact_cache`, good for some minutes after
 * `civicrm_group.cache_date`. Nothing but a read of the group's members makes them anew.
 *
 * That a smart group's members are found by `groups IN`, by id and name, and that it has no GroupContact of its own is
 * recorded; all about the cache is read in the source (CRM_Contact_BAO_GroupContactCache, CiviCRM 6).
 */
export class SmartGroupCache {
  readonly #tables: CivicrmTables;
  readonly #time: SiteTime;
  readonly #run: RunSearch;
  readonly #locked = new Set<number>();
  /** Minutes that a cache is good for: the setting smartGroupCacheTimeout. */
  timeout: number;

  constructor(tables: CivicrmTables, time: SiteTime, timeout: number, run: RunSearch) {
    this.#tables = tables;
    this.#time = time;
    this.#run = run;
    this.timeout = timeout;
  }

  /**
   * Readies these groups for a read, and says which of them are read from the cache: the active smart groups. A cache
   * that has run out is made anew, unless another process holds the group's lock: then it is read as it stands.
   */
  open(groupIds: Iterable<number>): ReadonlySet<number> {
    const smart = [...groupIds].map((id) => this.#tables.group.get(id)).filter((group) => group !== undefined && group.is_active && group.saved_search_id !== null) as readonly GroupRow[];
    const due = smart.filter((group) => this.#isDue(group) && !this.#locked.has(group.id));
    this.#rebuild(due);
    return new Set(smart.map((group) => group.id));
  }

  /** Somebody was added or struck off by hand in the screens: the next read makes the cache anew (civicrm-core PRs 14672, 17419). */
  outdate(groupId: number): void {
    if (this.#tables.group.get(groupId)?.saved_search_id != null) this.#tables.group.update(groupId, { cache_date: null });
  }

  /** Somebody was removed by hand in the screens: gone from the cache at once (civicrm-core PR 14657). */
  removeFrom(groupId: number, contactId: number): void {
    for (const row of this.#rowsOf(contactId)) if (row.group_id === groupId) this.#tables.groupContactCache.delete(row.id);
  }

  /** A contact goes to the trash, by a merge too, or for good: gone from every cache, where only the next making can put it back. */
  remove(contactId: number): void {
    for (const row of this.#rowsOf(contactId)) this.#tables.groupContactCache.delete(row.id);
  }

  /** Empties the cache of a group, for good when the group is deleted. */
  clear(groupId: number): void {
    for (const row of this.#tables.groupContactCache.find('group_id', groupId)) this.#tables.groupContactCache.delete(row.id);
  }

  /**
   * Another process is making the cache anew: it holds the lock and has emptied the table. A cache that had run out
   * keeps its date meanwhile; one that had not is made anew because somebody asked for that (Group.refresh, a mailing),
   * which takes its date away first.
   */
  begin(groupId: number): void {
    const group = this.#smart(groupId);
    if (!this.#isDue(group)) this.outdate(groupId);
    this.#locked.add(groupId);
    this.clear(groupId);
  }

  /** The other process fills the table and lets the lock go. */
  end(groupId: number): void {
    const group = this.#smart(groupId);
    if (!this.#locked.delete(groupId)) throw new RangeError(`nobody is making the cache of the group ${groupId}`);
    this.#rebuild([group]);
  }

  save(): SavedSmartGroups {
    return { timeout: this.timeout, locked: [...this.#locked] };
  }

  load({ timeout, locked }: SavedSmartGroups): void {
    this.timeout = timeout;
    this.#locked.clear();
    for (const id of locked) this.#locked.add(id);
  }

  /** Due at the very end of its time, not after it. */
  #isDue({ cache_date: date }: GroupRow): boolean {
    return date === null || date <= this.#time.stamp() - this.timeout * MINUTE;
  }

  /** All are found before the first is written, under their locks: a search that asks for a group being made reads it as it was. */
  #rebuild(groups: readonly GroupRow[]): void {
    for (const { id } of groups) this.#locked.add(id);
    try {
      for (const [group, members] of groups.map((each) => [each, this.#membersOf(each)] as const)) this.#fill(group.id, members);
    } finally {
      for (const { id } of groups) this.#locked.delete(id);
    }
  }

  /** Who the search finds and was not removed by hand, and who was added by hand. */
  #membersOf({ id, saved_search_id: search }: GroupRow): ReadonlySet<number> {
    const byHand = this.#tables.groupContact.find('group_id', id);
    const removed = new Set(byHand.filter((row) => row.status === 'Removed').map((row) => row.contact_id));
    const members = new Set<number>();
    for (const contactId of search === null ? [] : this.#run(search)) if (!removed.has(contactId)) members.add(contactId);
    for (const row of byHand) if (row.status === 'Added') members.add(row.contact_id);
    return members;
  }

  #fill(groupId: number, members: ReadonlySet<number>): void {
    const { group, groupContactCache } = this.#tables;
    this.clear(groupId);
    for (const contactId of members) groupContactCache.insert({ id: groupContactCache.nextId(), group_id: groupId, contact_id: contactId });
    group.update(groupId, { cache_date: this.#time.stamp() });
  }

  #rowsOf(contactId: number): ReturnType<CivicrmTables['groupContactCache']['find']> {
    return this.#tables.groupContactCache.find('contact_id', contactId);
  }

  #smart(groupId: number): GroupRow {
    const group = this.#tables.group.get(groupId);
    if (group === undefined || group.saved_search_id === null) throw new RangeError(`there is no smart group with the id ${groupId}`);
    return group;
  }
}
