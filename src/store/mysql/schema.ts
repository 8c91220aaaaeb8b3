/**
 * The first schema, one statement a step, each of which may be repeated: MySQL ends a transaction with every change
 * of a table, so a step that was done half the time is met again. Columns are those of the embedded store's tables.
 * Keys and words are VARBINARY: compared byte by byte on every server (the `_bin` collations that all servers have
 * ignore spaces at the end), callers lower-case addresses. Times are ms UTC. Ids of rows and updates come from
 * `{sequence}`, never twice. Indexes that SQLite keeps for a part of a table are kept for all of it here.
 * A step that was released is never edited; new ones are added in migrations.ts.
 */
const OPTIONS = 'ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin';

const table = (name: string, lines: string): string => `CREATE TABLE IF NOT EXISTS {${name}} (${lines}) ${OPTIONS}`;

/** All tables of a store, without the prefix. */
export const TABLES = [
  'meta', 'commit', 'sequence', 'cache', 'former_email', 'update', 'run', 'lease', 'plan', 'audience', 'contact', 'batch', 'inbox', 'creation_claim',
] as const;

export const FIRST_SCHEMA: readonly string[] = [
  table(
    'commit',
    `
  connection VARBINARY(64) NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL,
  committed_at BIGINT NOT NULL`,
  ),
  table(
    'sequence',
    `
  name VARBINARY(32) NOT NULL PRIMARY KEY,
  next BIGINT NOT NULL`,
  ),
  `INSERT INTO {sequence} (name, next) VALUES ('id', 1) ON DUPLICATE KEY UPDATE name = VALUES(name)`,
  table(
    'cache',
    `
  id BIGINT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  mailchimp_list_id VARBINARY(64) NOT NULL,
  civicrm_contact_id BIGINT,
  mailchimp_email VARBINARY(1024),
  agreed_email VARBINARY(1024),
  mailchimp_member_id VARBINARY(255),
  mailchimp_contact_id VARBINARY(255),
  mailchimp_status VARBINARY(32),
  mailchimp_updated BIGINT,
  mailchimp_data LONGTEXT,
  mailchimp_looked_at BIGINT,
  civicrm_groups LONGTEXT NOT NULL,
  civicrm_data LONGTEXT NOT NULL,
  memory LONGTEXT NOT NULL,
  sync_status VARBINARY(16) NOT NULL CHECK (sync_status IN ('todo', 'live', 'ok', 'redo', 'fail')),
  fail_reason VARBINARY(64),
  claimed_by VARBINARY(255),
  claimed_until BIGINT,
  CHECK ((mailchimp_updated IS NULL) = (mailchimp_data IS NULL)),
  CHECK ((claimed_by IS NULL) = (claimed_until IS NULL)),
  UNIQUE KEY by_email (mailchimp_list_id, mailchimp_email),
  UNIQUE KEY by_member (mailchimp_list_id, mailchimp_contact_id),
  KEY by_contact (mailchimp_list_id, civicrm_contact_id),
  KEY by_list (mailchimp_list_id),
  KEY by_status (mailchimp_list_id, sync_status),
  KEY by_updated (mailchimp_list_id, mailchimp_updated),
  KEY by_claimant (claimed_by)`,
  ),
  table(
    'former_email',
    `
  mailchimp_list_id VARBINARY(64) NOT NULL,
  email VARBINARY(1024) NOT NULL,
  mailchimpsync_cache_id BIGINT NOT NULL,
  PRIMARY KEY (mailchimp_list_id, email, mailchimpsync_cache_id),
  KEY by_row (mailchimpsync_cache_id)`,
  ),
  table(
    'update',
    `
  id BIGINT NOT NULL PRIMARY KEY,
  mailchimp_list_id VARBINARY(64) NOT NULL,
  run_id VARBINARY(255),
  mailchimpsync_cache_id BIGINT,
  civicrm_contact_id BIGINT,
  side VARBINARY(16) NOT NULL CHECK (side IN ('mailchimp', 'civicrm')),
  kind VARBINARY(32) NOT NULL,
  state VARBINARY(16) NOT NULL CHECK (state IN ('planned', 'queued', 'sending', 'submitted', 'done', 'failed', 'aborted', 'superseded')),
  claims TINYINT NOT NULL CHECK (claims IN (0, 1)),
  data LONGTEXT NOT NULL,
  origin LONGTEXT NOT NULL,
  reason LONGTEXT NOT NULL,
  unclear TINYINT NOT NULL CHECK (unclear IN (0, 1)),
  created_at BIGINT NOT NULL,
  sent_at BIGINT,
  ended_at BIGINT,
  fail_reason VARBINARY(64),
  answer LONGTEXT,
  member_key VARBINARY(1024),
  mailchimp_email VARBINARY(1024),
  asked_email VARBINARY(1024),
  is_new TINYINT CHECK (is_new IN (0, 1)),
  mailchimpsync_batch_id BIGINT,
  settled_as BIGINT,
  write_id VARBINARY(255),
  KEY by_row (mailchimpsync_cache_id, sent_at),
  KEY by_email (mailchimp_list_id, mailchimp_email),
  KEY by_asked (mailchimp_list_id, asked_email),
  KEY by_state (mailchimp_list_id, side, state),
  KEY by_run (run_id),
  KEY by_batch (mailchimpsync_batch_id),
  KEY by_write (write_id)`,
  ),
  table(
    'run',
    `
  number BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  id VARBINARY(255) NOT NULL,
  mailchimp_list_id VARBINARY(64) NOT NULL,
  mode VARBINARY(16) NOT NULL CHECK (mode IN ('incremental', 'full', 'since')),
  since BIGINT,
  with_data TINYINT NOT NULL CHECK (with_data IN (0, 1)),
  dry_run TINYINT NOT NULL CHECK (dry_run IN (0, 1)),
  state VARBINARY(16) NOT NULL CHECK (state IN ('running', 'done', 'aborted', 'held', 'failed')),
  stage VARBINARY(32),
  \`cursor\` LONGTEXT NOT NULL,
  counts LONGTEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  error_code VARBINARY(64),
  UNIQUE KEY by_id (id),
  KEY by_start (mailchimp_list_id, started_at),
  KEY by_state (mailchimp_list_id, state)`,
  ),
  table(
    'lease',
    `
  mailchimp_list_id VARBINARY(64) NOT NULL PRIMARY KEY,
  fence BIGINT NOT NULL,
  run_id VARBINARY(255),
  holder VARBINARY(255),
  leased_until BIGINT,
  writes BIGINT NOT NULL DEFAULT 0`,
  ),
  table(
    'plan',
    `
  id VARBINARY(255) NOT NULL PRIMARY KEY,
  mailchimp_list_id VARBINARY(64) NOT NULL,
  run_id VARBINARY(255) NOT NULL,
  state VARBINARY(16) NOT NULL CHECK (state IN ('held', 'approved', 'rejected', 'applied')),
  counts LONGTEXT NOT NULL,
  held_at BIGINT NOT NULL,
  settled_at BIGINT,
  KEY by_state (mailchimp_list_id, state)`,
  ),
  table(
    'audience',
    `
  mailchimp_list_id VARBINARY(64) NOT NULL PRIMARY KEY,
  fetched_at BIGINT,
  fully_fetched_at BIGINT,
  interests LONGTEXT NOT NULL,
  history BIGINT NOT NULL,
  history_gaps LONGTEXT NOT NULL,
  modified BIGINT,
  trash_looked_at BIGINT`,
  ),
  table(
    'contact',
    `
  mailchimp_list_id VARBINARY(64) NOT NULL,
  civicrm_contact_id BIGINT NOT NULL,
  looked_at BIGINT NOT NULL,
  opt_out LONGTEXT,
  unexplained LONGTEXT NOT NULL,
  PRIMARY KEY (mailchimp_list_id, civicrm_contact_id)`,
  ),
  table(
    'batch',
    `
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  account VARBINARY(1024) NOT NULL,
  mailchimp_list_id VARBINARY(64) NOT NULL,
  mailchimp_batch_id VARBINARY(255),
  state VARBINARY(16) NOT NULL CHECK (state IN ('sending', 'submitted', 'settled', 'given_up')),
  operations BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  progress_at BIGINT NOT NULL,
  finished_operations BIGINT NOT NULL,
  claimed_by VARBINARY(255),
  claimed_until BIGINT,
  KEY by_state (state),
  UNIQUE KEY by_batch_id (mailchimp_batch_id)`,
  ),
  table(
    'inbox',
    `
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  mailchimp_list_id VARBINARY(64) NOT NULL,
  type VARBINARY(255) NOT NULL,
  fired_at BIGINT NOT NULL,
  dedup_key VARBINARY(1024) NOT NULL,
  email LONGTEXT,
  payload LONGTEXT NOT NULL,
  received_at BIGINT NOT NULL,
  handled_at BIGINT,
  attempts BIGINT NOT NULL DEFAULT 0,
  UNIQUE KEY by_key (mailchimp_list_id, dedup_key),
  KEY by_handled (mailchimp_list_id, handled_at, fired_at)`,
  ),
  table(
    'creation_claim',
    `
  site VARBINARY(1024) NOT NULL,
  email VARBINARY(1024) NOT NULL,
  claimed_by VARBINARY(255) NOT NULL,
  claimed_at BIGINT NOT NULL,
  civicrm_contact_id BIGINT,
  PRIMARY KEY (site, email)`,
  ),
];

/** An index that is added to a table. */
export interface Index {
  readonly table: string;
  readonly name: string;
  readonly columns: string;
}

/** What Mailchimp told of a person. Addresses are no longer than 254 bytes, and texts have no index of their whole. */
export const INDEXES_OF_EXPLAIN: readonly Index[] = [{ table: 'inbox', name: 'by_email', columns: 'mailchimp_list_id, email(254)' }];

/** What was sent in the last 24 hours, and the newest plans. */
export const INDEXES_OF_THE_BRAKE: readonly Index[] = [
  { table: 'update', name: 'by_sent', columns: 'mailchimp_list_id, sent_at' },
  { table: 'plan', name: 'by_held', columns: 'mailchimp_list_id, held_at, id' },
];

/** What the limits count for each webhook: neither updates of data, nor the audience row by row. */
export const INDEXES_OF_THE_LIMITS: readonly Index[] = [
  { table: 'update', name: 'by_kind', columns: 'mailchimp_list_id, kind, sent_at' },
  { table: 'cache', name: 'by_member_status', columns: 'mailchimp_list_id, mailchimp_status' },
];
