import type { NodeAPI } from 'node-red';
import type { ErrorCode } from '../../src/base/errors.ts';

/**
 * Catalogue of the configuration node, where the texts that all nodes show at run time stand.
 * Node-RED names a catalogue after the module and the key in package.json's `node-red.nodes`.
 */
export const SHARED_CATALOGUE = '@mailchimpsync/node-red-civicrm-mailchimp/mailchimpsync-config';

/** A text of the shared catalogue in the language of the runtime, its `__name__` marks replaced by `values`. */
export const sharedText = (RED: NodeAPI, key: string, values: Readonly<Record<string, string>> = {}): string => RED._(`${SHARED_CATALOGUE}:${key}`, values);

/** The few words that a node's status shows for an error. */
export const errorText = (RED: NodeAPI, code: ErrorCode): string => sharedText(RED, `errors.${code}`);
