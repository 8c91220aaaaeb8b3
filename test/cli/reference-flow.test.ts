import assert from 'node:assert/strict';
import type { FlowNode } from '../../src/cli/node-red.ts';
import { nodesOfType, withoutSchedules, withSettings } from '../../src/cli/reference-flow.ts';

const flow: readonly FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Sync' },
  { id: 'config', type: 'mailchimpsync-config', settings: '{}' },
  { id: 'inject', type: 'inject', repeat: '900', crontab: '', once: true, wires: [['start']] },
  { id: 'start', type: 'mailchimpsync-start', config: 'config' },
  { id: 'off', type: 'mailchimpsync-start', config: 'config', d: true },
];

describe('the flow that npm start runs', () => {
  it('gets its settings with the secrets among the credentials only', () => {
    const nodes = withSettings(flow, { settings: '{"lists":{}}', secrets: '{"key":"s3cret"}' });
    assert.deepEqual(nodes[1], { id: 'config', type: 'mailchimpsync-config', settings: '{"lists":{}}', credentials: { secrets: '{"key":"s3cret"}' } });
    assert.deepEqual(nodes.toSpliced(1, 1), flow.toSpliced(1, 1));
  });

  it('starts nothing by itself once its schedules are off', () => {
    const [, , inject, ...others] = withoutSchedules(flow);
    assert.deepEqual(inject, { id: 'inject', type: 'inject', repeat: '', crontab: '', once: false, wires: [['start']] });
    assert.deepEqual(others, flow.slice(3));
  });

  it('names its nodes of a type, without those that are switched off', () => {
    assert.deepEqual(nodesOfType(flow, 'mailchimpsync-start'), ['start']);
  });
});
