import { createHmac } from 'node:crypto';
import { MINUTE, SECOND, type Duration, type Instant } from '../base/clock.ts';
import { constantTimeEqual } from '../base/secrets.ts';

/** As Node hands headers over: in lower case. */
export const SIGNATURE_HEADER = 'x-mailchimp-signature';

/** A signature older than this is refused, so that nobody repeats a webhook that was overheard (facts/mailchimp.md). */
const VALIDITY: Duration = 5 * MINUTE;

export type SignatureCheck = 'good' | 'missing' | 'malformed' | 'old' | 'wrong';

interface Signature {
  readonly stamp: string;
  readonly signatures: readonly string[];
}

/**
 * Checks `t={unix},v1={hex HMAC-SHA256(secret, t + "." + raw body)}` (facts/mailchimp.md, Webhooks).
 * @param now by Mailchimp's clock
 */
export function checkSignature(secret: string, header: unknown, raw: Uint8Array | string, now: Instant): SignatureCheck {
  if (header === undefined || header === '') return 'missing';
  const read = typeof header === 'string' ? readSignature(header) : null;
  if (read === null) return 'malformed';
  const expected = createHmac('sha256', secret).update(`${read.stamp}.`).update(raw).digest('hex');
  // All are compared, and before the time is looked at: how long it takes tells nothing.
  const matches = read.signatures.filter((signature) => constantTimeEqual(signature, expected)).length;
  if (matches === 0) return 'wrong';
  return Math.abs(now - Number(read.stamp) * SECOND) > VALIDITY ? 'old' : 'good';
}

/** A header may carry several signatures, as when a secret is changed for another. */
function readSignature(header: string): Signature | null {
  const parts = header.split(',').map((part) => part.trim().split('='));
  const stamps = parts.filter(([name]) => name === 't').map(([, value = '']) => value);
  const signatures = parts.filter(([name]) => name === 'v1').map(([, value = '']) => value.toLowerCase());
  const [stamp] = stamps;
  if (stamps.length !== 1 || stamp === undefined || !/^\d{1,12}$/.test(stamp)) return null;
  return signatures.length > 0 && signatures.length <= 4 ? { stamp, signatures } : null;
}
