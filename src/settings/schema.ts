import { Type } from 'typebox';
import { accountSchema } from './schema-account.ts';
import { listSchema } from './schema-list.ts';
import { mapOf, secretText, secretUrl, section, wholeNumber, type SecretReference } from './schema-parts.ts';

const civicrmSchema = section({
  url: secretUrl('the web address of the CiviCRM site'),
  apiPath: Type.Optional(
    Type.String({ description: 'a path that begins with "/", or the name of the system that CiviCRM runs in' }),
  ),
  apiKey: secretText('the API key of a CiviCRM contact'),
  timezone: Type.Optional(Type.String({ description: 'a time zone such as "Europe/London"' })),
  access: Type.Optional(Type.Enum(['api', 'sql+api'], { description: 'how CiviCRM is read' })),
  database: Type.Optional(secretUrl('the address of CiviCRM\'s database, such as "mysql://user:password@host/name"')),
  historyGap: Type.Optional(wholeNumber(0, 7 * 24 * 60, 'minutes')),
});

const storeSchema = section({
  sqlite: Type.Optional(Type.String({ minLength: 1, description: 'the path of a file' })),
  mysql: Type.Optional(secretUrl('the address of a database, such as "mysql://user:password@host/name"')),
  tablePrefix: Type.Optional(
    Type.String({ pattern: '^[A-Za-z0-9_]{0,30}$', description: 'at most 30 letters, digits and underscores' }),
  ),
});

/**
 * The settings as they are written: the source document's blob (`lists`, `accounts`) with this project's keys.
 * Everything that reads, checks or moves settings follows this one description; docs/reference/settings.md explains it.
 */
export const settingsSchema = section({
  lists: mapOf(listSchema, 'the bound audiences by their Mailchimp id, in braces { }'),
  accounts: mapOf(accountSchema, 'the Mailchimp accounts by a label of your own, in braces { }'),
  civicrm: Type.Optional(civicrmSchema),
  store: Type.Optional(storeSchema),
});

/** Settings as written, `${…}` replaced. */
type WrittenSettings = Type.Static<typeof settingsSchema>;

/** The same with every reference to a secret replaced by its value. */
type Resolved<Value> = Value extends SecretReference
  ? string
  : Value extends readonly (infer Item)[]
    ? readonly Resolved<Item>[]
    : Value extends object
      ? { readonly [Name in keyof Value]: Resolved<Value[Name]> }
      : Value;

export type ResolvedSettings = Resolved<WrittenSettings>;
export type ResolvedList = ResolvedSettings['lists'][string];
export type ResolvedAccount = ResolvedSettings['accounts'][string];
export type ResolvedCivicrm = NonNullable<ResolvedSettings['civicrm']>;
export type ResolvedStore = NonNullable<ResolvedSettings['store']>;
