import { parseArgs } from 'node:util';
import { given } from './given.ts';
import type { SimulatorsOptions } from './simulators.ts';

/** Options of the simulators as a command line gives them, and back. */
export interface ProcessOptions extends SimulatorsOptions {
  /** The process ends when its standard input does, that is with its parent. */
  readonly withParent?: boolean;
}

const texts = { state: { type: 'string' }, timezone: { type: 'string' }, 'webhook-base': { type: 'string' } } as const;
const numbers = {
  people: { type: 'string' },
  seed: { type: 'string' },
  'port-mailchimp': { type: 'string' },
  'port-civicrm': { type: 'string' },
  'port-control': { type: 'string' },
} as const;
const flags = { 'register-webhooks': { type: 'boolean' }, 'with-parent': { type: 'boolean' } } as const;

/** Throws an error that names the option. */
export function readOptions(args: readonly string[]): ProcessOptions {
  const { values } = parseArgs({ args: [...args], options: { ...texts, ...numbers, ...flags }, strict: true });
  const number = (name: keyof typeof numbers): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number, not "${text}"`);
    return Number(text);
  };
  return given({
    state: values.state,
    people: number('people'),
    seed: number('seed'),
    timezone: values.timezone,
    ports: given({ mailchimp: number('port-mailchimp'), civicrm: number('port-civicrm'), control: number('port-control') }),
    webhookBase: values['webhook-base'],
    registerWebhooks: values['register-webhooks'],
    withParent: values['with-parent'],
  });
}

export function writeOptions(options: ProcessOptions): string[] {
  const { ports = {} } = options;
  return [
    ...option('state', options.state),
    ...option('people', options.people),
    ...option('seed', options.seed),
    ...option('timezone', options.timezone),
    ...option('port-mailchimp', ports.mailchimp),
    ...option('port-civicrm', ports.civicrm),
    ...option('port-control', ports.control),
    ...option('webhook-base', options.webhookBase),
    ...(options.registerWebhooks ? ['--register-webhooks'] : []),
    ...(options.withParent ? ['--with-parent'] : []),
  ];
}

const option = (name: string, value: string | number | undefined): string[] => (value === undefined ? [] : [`--${name}`, String(value)]);
