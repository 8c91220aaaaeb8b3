import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/**
 * Compares two secrets in a time that tells nothing about where they differ, nor about their lengths:
 * digests are compared, because `timingSafeEqual` throws on buffers of unequal length.
 */
export const constantTimeEqual = (given: string, expected: string): boolean =>
  timingSafeEqual(digest(given), digest(expected));
