import { createHash } from 'node:crypto';

/** The subscriber hash: MD5 of the lower-cased address. https://mailchimp.com/developer/marketing/docs/methods-parameters/ */
export function subscriberHash(address: string): string {
  return md5(address.toLowerCase());
}

/** What very old lists hold: the hash of the address as it was typed (third party). */
export function mixedCaseHash(address: string): string {
  return md5(address);
}

function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex');
}

export function looksLikeAddress(text: string): boolean {
  return /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(text);
}

/** Domains that Mailchimp calls fake: recorded for example.com only. */
export function looksFake(address: string): boolean {
  return address.toLowerCase().endsWith('@example.com');
}
