/**
 * The first migration: the whole schema. Names of the cache table's columns are the original extension's where it has
 * them. Times are ms UTC; JSON columns hold what entities.ts says. Texts are compared byte by byte (BINARY, SQLite's
 * default): callers lower-case addresses. AUTOINCREMENT keeps the id of a deleted row from naming another one later.
 * A migration that was released is never edited; a new one is added in migrations.ts.
 */
export const FIRST_SCHEMA = `
CREATE TABLE mailchimpsync_meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mailchimpsync_cache (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  version INTEGER NOT NULL DEFAULT 1,
  mailchimp_list_id TEXT NOT NULL,
  civicrm_contact_id INTEGER,
  mailchimp_email TEXT,
  agreed_email TEXT,
  mailchimp_member_id TEXT,
  mailchimp_contact_id TEXT,
  mailchimp_status TEXT,
  mailchimp_updated INTEGER,
  mailchimp_data TEXT,
  mailchimp_looked_at INTEGER,
  civicrm_groups TEXT NOT NULL,
  civicrm_data TEXT NOT NULL,
  memory TEXT NOT NULL,
  sync_status TEXT NOT NULL CHECK (sync_status IN ('todo', 'live', 'ok', 'redo', 'fail')),
  fail_reason TEXT,
  claimed_by TEXT,
  claimed_until INTEGER,
  CHECK ((mailchimp_updated IS NULL) = (mailchimp_data IS NULL)),
  CHECK ((claimed_by IS NULL) = (claimed_until IS NULL))
) STRICT;
CREATE INDEX mailchimpsync_cache_list ON mailchimpsync_cache (mailchimp_list_id);
CREATE UNIQUE INDEX mailchimpsync_cache_email ON mailchimpsync_cache (mailchimp_list_id, mailchimp_email)
  WHERE mailchimp_email IS NOT NULL;
CREATE UNIQUE INDEX mailchimpsync_cache_member ON mailchimpsync_cache (mailchimp_list_id, mailchimp_contact_id)
  WHERE mailchimp_contact_id IS NOT NULL;
CREATE INDEX mailchimpsync_cache_contact ON mailchimpsync_cache (mailchimp_list_id, civicrm_contact_id)
  WHERE civicrm_contact_id IS NOT NULL;
CREATE INDEX mailchimpsync_cache_status ON mailchimpsync_cache (mailchimp_list_id, sync_status);
CREATE INDEX mailchimpsync_cache_fail ON mailchimpsync_cache (mailchimp_list_id, fail_reason)
  WHERE sync_status = 'fail';
CREATE INDEX mailchimpsync_cache_without_contact ON mailchimpsync_cache (mailchimp_list_id)
  WHERE civicrm_contact_id IS NULL;
CREATE INDEX mailchimpsync_cache_contact_only ON mailchimpsync_cache (mailchimp_list_id)
  WHERE civicrm_contact_id IS NOT NULL AND mailchimp_updated IS NULL;
CREATE INDEX mailchimpsync_cache_claimed ON mailchimpsync_cache (mailchimp_list_id, claimed_by)
  WHERE claimed_by IS NOT NULL;

CREATE TABLE mailchimpsync_former_email (
  mailchimp_list_id TEXT NOT NULL,
  email TEXT NOT NULL,
  mailchimpsync_cache_id INTEGER NOT NULL,
  PRIMARY KEY (mailchimp_list_id, email, mailchimpsync_cache_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mailchimpsync_former_email_cache ON mailchimpsync_former_email (mailchimpsync_cache_id);

CREATE TABLE mailchimpsync_update (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailchimp_list_id TEXT NOT NULL,
  run_id TEXT,
  mailchimpsync_cache_id INTEGER,
  civicrm_contact_id INTEGER,
  side TEXT NOT NULL CHECK (side IN ('mailchimp', 'civicrm')),
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'queued', 'sending', 'submitted', 'done', 'failed', 'aborted', 'superseded')),
  claims INTEGER NOT NULL CHECK (claims IN (0, 1)),
  data TEXT NOT NULL,
  origin TEXT NOT NULL,
  reason TEXT NOT NULL,
  unclear INTEGER NOT NULL CHECK (unclear IN (0, 1)),
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  ended_at INTEGER,
  fail_reason TEXT,
  answer TEXT,
  member_key TEXT,
  mailchimp_email TEXT,
  asked_email TEXT,
  is_new INTEGER CHECK (is_new IN (0, 1)),
  mailchimpsync_batch_id INTEGER,
  settled_as INTEGER,
  write_id TEXT
) STRICT;
CREATE INDEX mailchimpsync_update_open_row ON mailchimpsync_update (mailchimpsync_cache_id)
  WHERE state IN ('planned', 'queued', 'sending', 'submitted') OR claims = 1;
CREATE INDEX mailchimpsync_update_open_email ON mailchimpsync_update (mailchimp_list_id, mailchimp_email)
  WHERE state IN ('planned', 'queued', 'sending', 'submitted') OR claims = 1;
CREATE INDEX mailchimpsync_update_open_asked ON mailchimpsync_update (mailchimp_list_id, asked_email)
  WHERE asked_email IS NOT NULL;
CREATE INDEX mailchimpsync_update_row ON mailchimpsync_update (mailchimpsync_cache_id, sent_at);
CREATE INDEX mailchimpsync_update_state ON mailchimpsync_update (mailchimp_list_id, side, state);
CREATE INDEX mailchimpsync_update_run ON mailchimpsync_update (run_id);
CREATE INDEX mailchimpsync_update_batch ON mailchimpsync_update (mailchimpsync_batch_id)
  WHERE mailchimpsync_batch_id IS NOT NULL;
CREATE INDEX mailchimpsync_update_write ON mailchimpsync_update (write_id) WHERE write_id IS NOT NULL;

CREATE TABLE mailchimpsync_run (
  id TEXT PRIMARY KEY,
  mailchimp_list_id TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('incremental', 'full', 'since')),
  since INTEGER,
  with_data INTEGER NOT NULL CHECK (with_data IN (0, 1)),
  dry_run INTEGER NOT NULL CHECK (dry_run IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'aborted', 'held', 'failed')),
  stage TEXT,
  cursor TEXT NOT NULL,
  counts TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  error_code TEXT
) STRICT;
CREATE INDEX mailchimpsync_run_started ON mailchimpsync_run (mailchimp_list_id, started_at);
CREATE UNIQUE INDEX mailchimpsync_run_running ON mailchimpsync_run (mailchimp_list_id) WHERE state = 'running';

CREATE TABLE mailchimpsync_lease (
  mailchimp_list_id TEXT PRIMARY KEY,
  fence INTEGER NOT NULL,
  run_id TEXT,
  holder TEXT,
  leased_until INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE mailchimpsync_plan (
  id TEXT PRIMARY KEY,
  mailchimp_list_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('held', 'approved', 'rejected', 'applied')),
  counts TEXT NOT NULL,
  held_at INTEGER NOT NULL,
  settled_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX mailchimpsync_plan_state ON mailchimpsync_plan (mailchimp_list_id, state);

CREATE TABLE mailchimpsync_audience (
  mailchimp_list_id TEXT PRIMARY KEY,
  fetched_at INTEGER,
  fully_fetched_at INTEGER,
  interests TEXT NOT NULL,
  history INTEGER NOT NULL,
  history_gaps TEXT NOT NULL,
  modified INTEGER,
  trash_looked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE mailchimpsync_contact (
  mailchimp_list_id TEXT NOT NULL,
  civicrm_contact_id INTEGER NOT NULL,
  looked_at INTEGER NOT NULL,
  opt_out TEXT,
  unexplained TEXT NOT NULL,
  PRIMARY KEY (mailchimp_list_id, civicrm_contact_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mailchimpsync_batch (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account TEXT NOT NULL,
  mailchimp_list_id TEXT NOT NULL,
  mailchimp_batch_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('sending', 'submitted', 'settled', 'given_up')),
  operations INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  progress_at INTEGER NOT NULL,
  finished_operations INTEGER NOT NULL,
  claimed_by TEXT,
  claimed_until INTEGER
) STRICT;
CREATE INDEX mailchimpsync_batch_state ON mailchimpsync_batch (state);
CREATE UNIQUE INDEX mailchimpsync_batch_batch_id ON mailchimpsync_batch (mailchimp_batch_id)
  WHERE mailchimp_batch_id IS NOT NULL;

CREATE TABLE mailchimpsync_inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailchimp_list_id TEXT NOT NULL,
  type TEXT NOT NULL,
  fired_at INTEGER NOT NULL,
  dedup_key TEXT NOT NULL,
  email TEXT,
  payload TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  handled_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX mailchimpsync_inbox_key ON mailchimpsync_inbox (mailchimp_list_id, dedup_key);
CREATE INDEX mailchimpsync_inbox_unhandled ON mailchimpsync_inbox (mailchimp_list_id, fired_at)
  WHERE handled_at IS NULL;

CREATE TABLE mailchimpsync_creation_claim (
  site TEXT NOT NULL,
  email TEXT NOT NULL,
  claimed_by TEXT NOT NULL,
  claimed_at INTEGER NOT NULL,
  civicrm_contact_id INTEGER,
  PRIMARY KEY (site, email)
) STRICT, WITHOUT ROWID;
`;

/** By it, webhooks that were handled long ago are found, to be forgotten. */
export const HANDLED_WEBHOOKS = `
CREATE INDEX mailchimpsync_inbox_handled ON mailchimpsync_inbox (mailchimp_list_id, handled_at)
  WHERE handled_at IS NOT NULL;
`;

/** What was done for a person, and what Mailchimp told of one, whatever became of it. */
export const INDEXES_OF_EXPLAIN = `
CREATE INDEX mailchimpsync_update_email ON mailchimpsync_update (mailchimp_list_id, mailchimp_email) WHERE mailchimp_email IS NOT NULL;
CREATE INDEX mailchimpsync_inbox_email ON mailchimpsync_inbox (mailchimp_list_id, email) WHERE email IS NOT NULL;
`;

/** What was sent in the last 24 hours, and the newest plans. */
export const INDEXES_OF_THE_BRAKE = `
CREATE INDEX mailchimpsync_update_sent ON mailchimpsync_update (mailchimp_list_id, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX mailchimpsync_plan_held ON mailchimpsync_plan (mailchimp_list_id, held_at, id);
`;

/** What the limits count for each webhook: neither updates of data, nor the audience row by row. */
export const INDEXES_OF_THE_LIMITS = `
CREATE INDEX mailchimpsync_update_kind ON mailchimpsync_update (mailchimp_list_id, kind, sent_at) WHERE sent_at IS NOT NULL;
DROP INDEX mailchimpsync_update_sent;
CREATE INDEX mailchimpsync_cache_subscribed ON mailchimpsync_cache (mailchimp_list_id) WHERE mailchimp_status = 'subscribed';
`;
