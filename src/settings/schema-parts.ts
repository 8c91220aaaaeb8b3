import { Type } from 'typebox';

/** Words of JSON Schema of our own: what kind of secret may stand at a place. */
export const SECRET_KIND = 'secretKind';

/**
 * - `text`: a key or secret
 * - `url`: an address that may hold a password or a `secret=` part
 * - `account`: a label of an account, or its key
 */
export type SecretKind = 'text' | 'url' | 'account';

const secretReference = Type.Object({ secret: Type.String({ minLength: 1 }) }, { additionalProperties: false });

/** Stands in place of a secret: the name under which its value is kept elsewhere. */
export type SecretReference = Type.Static<typeof secretReference>;

const secretOf = (kind: SecretKind, description: string) =>
  Type.Union([Type.String(), secretReference], {
    [SECRET_KIND]: kind,
    description: `${description}, or {"secret": "name"}`,
  });

export const secretText = (description: string) => secretOf('text', description);
export const secretUrl = (description: string) => secretOf('url', description);
export const accountName = (description: string) => secretOf('account', description);

export const text = (description: string) => Type.String({ description });

export const yesOrNo = () => Type.Boolean({ description: 'true or false' });

export const wholeNumber = (minimum: number, maximum: number, unit: string) =>
  Type.Integer({ minimum, maximum, description: `a whole number of ${unit} from ${minimum} to ${maximum}` });

/** Id of a CiviCRM group: the source document writes it as text. */
export const groupNumber = () =>
  Type.Union([Type.Integer({ minimum: 1 }), Type.String({ pattern: '^[1-9][0-9]{0,14}$' })], {
    description: 'the number of a CiviCRM group',
  });

export const side = () => Type.Enum(['CiviCRM', 'Mailchimp'], { description: 'the side whose word counts' });

/** An object of which every name is known. */
export const section = <Properties extends Type.TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false, description: 'several settings in braces { }' });

/** An object whose names are the user's. A name with a line break matches no pattern, so it must not pass unchecked. */
export const mapOf = <Item extends Type.TSchema>(item: Item, description: string) =>
  Type.Record(Type.String(), item, { additionalProperties: false, description });
