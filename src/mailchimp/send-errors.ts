import { SyncError } from '../base/errors.ts';

/** A write that Mailchimp surely did not do: it may be decided and sent again. */
export class NotDone extends SyncError {
  override readonly name = 'NotDone';
}

/** A write that Mailchimp may have done or may yet do: never to be sent again blindly; read the member first. */
export class MaybeDone extends SyncError {
  override readonly name = 'MaybeDone';
}
