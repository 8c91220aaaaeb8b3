import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { EXIT, exitCodeOfError } from '../../src/cli/exit-code.ts';

describe('exit codes', () => {
  it('tell slips in the settings from a service that fails', () => {
    assert.equal(exitCodeOfError(new SyncError('settings_syntax', 'x')), EXIT.settings);
    assert.equal(exitCodeOfError(new SyncError('group_missing', 'x')), EXIT.settings);
    assert.equal(exitCodeOfError(new SyncError('mailchimp_unauthorized', 'x')), EXIT.error);
    assert.equal(exitCodeOfError(new SyncError('civicrm_unreachable', 'x')), EXIT.error);
  });

  it('say that another run holds the audience', () => {
    assert.equal(exitCodeOfError(new SyncError('busy', 'x')), EXIT.busy);
  });

  it('take what is no error of ours for an error', () => {
    assert.equal(exitCodeOfError(new TypeError('x')), EXIT.error);
  });
});
