import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/settings/json.ts';
import { moveSecrets } from '../../src/settings/secrets.ts';

/** Takes a property of the message from the address. */
const rule = (p: string): object => ({ t: 'set', p, pt: 'msg', to: `req.params.${p}`, tot: 'msg' });

/** The reference flow with its schedules off, and an address at which the control node takes commands: `/control/{topic}/{payload}`. */
export function controlledFlow(written: JsonObject): readonly object[] {
  const { settings, secrets } = moveSecrets(written);
  const reference = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'flows', 'reference-flow.json'), 'utf8')) as readonly { readonly id: string; readonly type: string }[];
  const place = { z: 'sync', x: 0, y: 0 };
  return [
    ...reference.map((node) => {
      if (node.type === 'mailchimpsync-config') return { ...node, settings: JSON.stringify(settings), credentials: { secrets: JSON.stringify(secrets) } };
      return node.type === 'inject' ? { ...node, repeat: '', crontab: '', once: false } : node;
    }),
    { ...place, id: 'asked', type: 'http in', url: '/control/:topic/:payload', method: 'get', wires: [['command']] },
    { ...place, id: 'command', type: 'change', rules: [rule('topic'), rule('payload')], wires: [['control']] },
    { ...place, id: 'control', type: 'mailchimpsync-control', config: 'sync-config', start: '', wires: [['answered']] },
    { ...place, id: 'answered', type: 'http response', wires: [] },
  ];
}
