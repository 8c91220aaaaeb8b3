/**
 * Every code that an error of this package can carry. A code is a locale key (`errors.{code}`)
 * and a row of docs/reference/errors.md.
 */
export type ErrorCode =
  | 'settings_syntax' // not JSON
  | 'settings_invalid' // JSON, but not settings
  | 'settings_secret_missing' // a reference or ${ENV} without a value
  | 'civicrm_missing' // no `civicrm` section
  | 'civicrm_unreachable'
  | 'civicrm_unauthorized' // 401, or a key without the permissions
  | 'civicrm_refused' // an error object
  | 'civicrm_unexpected' // not an answer of APIv4 (an HTML page with status 200, for example)
  | 'timezone_mismatch' // CiviCRM's dates are in another zone than the settings say
  | 'mailchimp_unreachable'
  | 'mailchimp_unauthorized'
  | 'mailchimp_refused'
  | 'mailchimp_overloaded' // 429, or 403 without a body
  | 'mailchimp_unexpected'
  | 'audience_unknown' // no such list in the settings
  | 'audience_missing' // no such list at Mailchimp
  | 'group_missing'
  | 'interest_missing'
  | 'busy' // another run holds the audience
  | 'lease_lost' // this run's lease was taken over
  | 'aborted'
  | 'plan_missing' // no plan waits for approval, or another one
  | 'store_unavailable'
  | 'store_full'
  | 'store_corrupt'
  | 'node_too_old' // below Node 22.13: no embedded store
  | 'message_invalid' // a message between nodes that is not a run's
  | 'hook_silent' // a hook of the flow did not give its rows back in time
  | 'hook_failed' // a hook of the flow says that it failed
  | 'hook_refused' // a hook of the flow gave back what it may not set
  | 'hook_unknown' // rows came back that nobody waits for: twice, or too late
  | 'webhook_unauthorized'
  | 'webhook_malformed'
  | 'batch_result_invalid'
  | 'internal';

/**
 * An error with a code. The message says what happened, with which value, and what to do;
 * it never holds a key, a secret or a person's data.
 */
export class SyncError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SyncError';
    this.code = code;
  }
}

/** The code of an error, `internal` for one that is not ours. */
export const codeOf = (error: unknown): ErrorCode => (error instanceof SyncError ? error.code : 'internal');
