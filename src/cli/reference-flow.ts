import { isDeepStrictEqual } from 'node:util';
import { readJsonText } from '../settings/json-text.ts';
import { isObject, type Json } from '../settings/json.ts';
import type { FlowNode } from './node-red.ts';

/** Type of the config node that holds the settings. */
export const CONFIG_TYPE = 'mailchimpsync-config';
/** Type of the node that begins runs. */
export const START_TYPE = 'mailchimpsync-start';
/** The core node that carries the flow's schedules. */
const INJECT_TYPE = 'inject';

/** The settings as the config node's dialog keeps them: JSON with references, and the secrets that it refers to. */
export interface ConfigNodeSettings {
  /** Value of the node's `settings` property. */
  readonly settings: string;
  /** Value of its `secrets` credential: name → secret, as JSON. */
  readonly secrets: string;
}

/** The flow with these settings in its config node, the secrets as its credentials. Other nodes stay as they are. */
export const withSettings = (nodes: readonly FlowNode[], { settings, secrets }: ConfigNodeSettings): readonly FlowNode[] =>
  nodes.map((node) => (node.type === CONFIG_TYPE ? { ...node, settings, credentials: { secrets } } : node));

/** The flow with another store in its config node's settings. Throws `settings_syntax` when they are no JSON. */
export const withStore = (nodes: readonly FlowNode[], store: Json): readonly FlowNode[] =>
  nodes.map((node) => {
    if (node.type !== CONFIG_TYPE) return node;
    const { value } = readJsonText(String(node['settings']));
    if (!isObject(value) || isDeepStrictEqual(value['store'], store)) return node;
    return { ...node, settings: JSON.stringify({ ...value, store }, null, 2) };
  });

/** The flow with nothing in it that starts by itself: its injects neither fire at the start nor repeat. */
export const withoutSchedules = (nodes: readonly FlowNode[]): readonly FlowNode[] =>
  nodes.map((node) => (node.type === INJECT_TYPE ? { ...node, repeat: '', crontab: '', once: false } : node));

/** Ids of the flow's nodes of one type that are switched on, in the order of the file. */
export const nodesOfType = (nodes: readonly FlowNode[], type: string): readonly string[] =>
  nodes.filter((node) => node.type === type && node['d'] !== true).map(({ id }) => id);
