import { isDeepStrictEqual } from 'node:util';
import type { ContactId } from '../../base/ids.ts';
import type { MailchimpUpdate, Row } from '../../store/entities.ts';
import { dataAsked, sameValue, type Data } from './datum.ts';

/** What one hook keeps with a row, under its name in `hookData`. */
export interface HookMemory {
  /** The contact that its output is about: nobody else's data are sent to the member. */
  readonly of: ContactId;
  /** Its last output. */
  readonly wants: Data;
  /** What Mailchimp is known to have had of it: taken when it was sent, or found there. */
  readonly agreed: Data;
  /** The hook's own, as a hook of the flow gave it. */
  readonly memory?: unknown;
}

/** Names of the hooks that come with the sync. Hooks of a flow are kept as `flow:{name}`. */
export const TAGS_HOOK = 'tags';
export const MERGE_FIELDS_HOOK = 'mergeFields';
export const flowHook = (name: string): string => `flow:${name}`;

/** A hook's memory of a row; undefined before its first output. */
export const memoryOf = (row: Pick<Row, 'hookData'>, hook: string): HookMemory | undefined => row.hookData[hook] as HookMemory | undefined;

const memoriesOf = (row: Pick<Row, 'hookData'>): readonly (readonly [name: string, memory: HookMemory])[] => Object.entries(row.hookData).map(([name, memory]) => [name, memory as HookMemory]);

/** What the hooks have said of a row; no two of them want the same datum. */
export const outputsOf = (row: Pick<Row, 'hookData'>): readonly HookMemory[] => memoriesOf(row).map(([, memory]) => memory);

/**
 * The row with a hook's output. What was agreed on stays: it is about the member, whoever leads it now. What another hook
 * wanted of the same data is taken over, with what was agreed on: that one comes earlier in the flow, or is there no more.
 */
export function withOutput(row: Row, hook: string, output: Pick<HookMemory, 'of' | 'wants' | 'memory'>): Row {
  const known = memoryOf(row, hook);
  const others = memoriesOf(row).filter(([name, { wants }]) => name !== hook && Object.keys(wants).some((key) => Object.hasOwn(output.wants, key)));
  const taken = Object.fromEntries(others.flatMap(([, { agreed }]) => Object.entries(agreed).filter(([key]) => Object.hasOwn(output.wants, key))));
  const memory: HookMemory = { ...output, agreed: { ...known?.agreed, ...taken } };
  if (others.length === 0 && isDeepStrictEqual(known, memory)) return row;
  const left = Object.fromEntries(others.map(([name, other]): [string, HookMemory] => [name, { ...other, wants: without(other.wants, output.wants), agreed: without(other.agreed, output.wants) }]));
  return { ...row, hookData: { ...row.hookData, ...left, [hook]: memory } };
}

const without = (data: Data, others: Data): Data => Object.fromEntries(Object.entries(data).filter(([key]) => !Object.hasOwn(others, key)));

/** The hooks' memories with what Mailchimp took from an update. */
export function withAgreed(hookData: Row['hookData'], { ask }: Pick<MailchimpUpdate, 'ask'>): Row['hookData'] {
  const taken = dataAsked(ask);
  return agreeOn(hookData, (key, wanted) => taken[key] !== undefined && sameValue(taken[key], wanted));
}

/** What was agreed on with one member says nothing of another one that took its place. */
export const forgetAgreed = (hookData: Row['hookData']): Row['hookData'] => Object.fromEntries(Object.entries(hookData).map(([name, value]) => [name, { ...(value as HookMemory), agreed: {} }]));

/** The hooks' memories with each wanted datum agreed on for which `isThere` holds. */
export function agreeOn(hookData: Row['hookData'], isThere: (key: string, wanted: Data[string]) => boolean): Row['hookData'] {
  let changed = false;
  const agreed = Object.entries(hookData).map(([name, value]) => {
    const memory = value as HookMemory;
    const met = Object.entries(memory.wants).filter(([key, wanted]) => isThere(key, wanted) && !isDeepStrictEqual(memory.agreed[key], wanted));
    if (met.length === 0) return [name, memory] as const;
    changed = true;
    return [name, { ...memory, agreed: { ...memory.agreed, ...Object.fromEntries(met) } }] as const;
  });
  return changed ? Object.fromEntries(agreed) : hookData;
}
