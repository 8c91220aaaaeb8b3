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

const isBuiltIn = (name: string): boolean => name === TAGS_HOOK || name === MERGE_FIELDS_HOOK;

/** All hooks that have said something of a row; what comes later counts more: the settings before hooks of the flow. */
export function hooksOf(row: Pick<Row, 'hookData'>): readonly (readonly [name: string, memory: HookMemory])[] {
  const names = Object.keys(row.hookData).toSorted((one, other) => Number(isBuiltIn(one)) - Number(isBuiltIn(other)) || (one < other ? -1 : 1));
  return names.map((name) => [name, memoryOf(row, name)!] as const);
}

/** The row with a hook's output. What was agreed on stays: it is about the member, whoever leads it now. */
export function withOutput(row: Row, hook: string, output: Pick<HookMemory, 'of' | 'wants' | 'memory'>): Row {
  const known = memoryOf(row, hook);
  const memory: HookMemory = { ...output, agreed: known?.agreed ?? {} };
  return isDeepStrictEqual(known, memory) ? row : { ...row, hookData: { ...row.hookData, [hook]: memory } };
}

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
