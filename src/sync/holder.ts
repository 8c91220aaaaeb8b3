import { hostname } from 'node:os';

import type { Random } from '../base/random.ts';

/** Engines of this process that are open: `host/pid/nonce`. */
const open = new Set<string>();

/** Names this engine as a holder of leases and claims, until it is let go. */
export function newHolder(random: Random): string {
  const holder = `${hostname()}/${process.pid}/${random.token(6)}`;
  open.add(holder);
  return holder;
}

/** The engine is closed: what it held is nobody's. */
export function letGo(holder: string): void {
  open.delete(holder);
}

/** A claimant on behalf of a holder, for one piece of work. */
export const claimantOf = (holder: string, random: Random): string => `${holder}#${random.token(6)}`;

/**
 * Whether a holder or claimant is surely dead: a process of this machine that is no longer there, or an engine of this
 * process that was closed. Of other machines nothing is known; there a lease or claim has to run out.
 */
export function isDead(holder: string): boolean {
  const [host, pid, nonce] = holder.split('#')[0]!.split('/');
  if (host !== hostname() || !pid || !nonce) return false;
  if (Number(pid) === process.pid) return !open.has(`${host}/${pid}/${nonce}`);
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
