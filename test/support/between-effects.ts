import type { SyncWorld } from './sync-world.ts';

type Method = (...parameters: unknown[]) => Promise<unknown>;

/**
 * Counts what the sync does to its store and asks of the services, and lets something else happen once, just before the
 * `nth` of these effects (from 1). What the act itself does is not counted. Answers whether the effect was reached.
 */
export function betweenEffects({ store, mailchimp, civicrm }: Pick<SyncWorld, 'store' | 'mailchimp' | 'civicrm'>, nth: number, act: () => Promise<unknown>): () => boolean {
  let left = nth;
  const before = async (): Promise<void> => {
    if (left === 0) return;
    left -= 1;
    if (left === 0) await act();
  };
  const watch = (owner: object, name: string): void => {
    const original = (owner as Record<string, Method>)[name]!.bind(owner);
    Object.assign(owner, {
      [name]: async (...parameters: unknown[]) => {
        await before();
        return original(...parameters);
      },
    });
  };
  for (const [name, value] of Object.entries(store)) if (typeof value === 'function' && name !== 'close') watch(store, name);
  watch(mailchimp, 'handle');
  watch(civicrm, 'handle');
  return () => left === 0;
}
