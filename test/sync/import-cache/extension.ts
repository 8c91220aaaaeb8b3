import type { Connection } from 'mysql2/promise';

/** What PHP's `serialize` makes of plain data. */
export function phpText(value: unknown): string {
  if (value === null) return 'N;';
  if (typeof value === 'boolean') return `b:${value ? 1 : 0};`;
  if (typeof value === 'number') return Number.isInteger(value) ? `i:${value};` : `d:${value};`;
  if (typeof value === 'string') return `s:${Buffer.byteLength(value)}:"${value}";`;
  const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value as object);
  return `a:${entries.length}:{${entries.map(([key, item]) => phpText(key) + phpText(item)).join('')}}`;
}

/** The extension's tables, as its installation makes them. */
export async function makeExtensionTables(connection: Connection): Promise<void> {
  await connection.query('DROP TABLE IF EXISTS civicrm_mailchimpsync_cache, civicrm_mailchimpsync_status');
  await connection.query(`CREATE TABLE civicrm_mailchimpsync_cache (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, mailchimp_list_id VARCHAR(32) NOT NULL, mailchimp_member_id CHAR(32), mailchimp_email VARCHAR(255),
    mailchimp_status VARCHAR(20), mailchimp_updated DATETIME, mailchimp_data BLOB, civicrm_data BLOB, civicrm_groups TEXT, civicrm_contact_id INT UNSIGNED,
    sync_status VARCHAR(10) DEFAULT 'todo', INDEX index_list_id_sync_status (mailchimp_list_id, sync_status)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`);
  await connection.query('CREATE TABLE civicrm_mailchimpsync_status (list_id VARCHAR(32) PRIMARY KEY, data BLOB)');
}

export interface ExtensionLine {
  readonly list: string;
  readonly email?: string;
  readonly status?: string;
  readonly updated?: string;
  readonly data?: unknown;
  /** In place of `data`: what stands there. */
  readonly rawData?: string;
  readonly hooks?: unknown;
  readonly groups?: string;
  readonly contact?: number;
  readonly syncStatus?: string;
}

export async function addLines(connection: Connection, lines: readonly ExtensionLine[]): Promise<void> {
  const values = lines.map((line) => [
    line.list,
    line.email ?? null,
    line.status ?? null,
    line.updated ?? null,
    line.rawData ?? (line.data === undefined ? null : phpText(line.data)),
    line.hooks === undefined ? null : phpText(line.hooks),
    line.groups ?? null,
    line.contact ?? null,
    line.syncStatus ?? 'ok',
  ]);
  await connection.query('INSERT INTO civicrm_mailchimpsync_cache (mailchimp_list_id, mailchimp_email, mailchimp_status, mailchimp_updated, mailchimp_data, civicrm_data, civicrm_groups, civicrm_contact_id, sync_status) VALUES ?', [values]);
}

/** The site's clock in UTC, as the extension writes it. */
export const dateText = (instant: number): string => new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
/** The same as its newer versions write it beside a fact. */
export const shortDate = (instant: number): string => dateText(instant).replaceAll(/\D/g, '');
