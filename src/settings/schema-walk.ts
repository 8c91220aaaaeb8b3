import { isList, isObject, type Json, type Path } from './json.ts';
import { settingsSchema } from './schema.ts';
import { SECRET_KIND, type SecretKind, type SecretReference } from './schema-parts.ts';

/** The words of JSON Schema that lead from a place to the places in it. */
interface SchemaNode {
  readonly type?: unknown;
  readonly anyOf?: unknown;
  readonly enum?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly [SECRET_KIND]?: SecretKind;
}

const root = settingsSchema as SchemaNode;

/** A place that the schema describes as one for a secret, or a text at a place that it knows nothing of. */
export type PlaceKind = SecretKind | 'unknown';

const itemSchema = (node: SchemaNode | undefined): SchemaNode | undefined =>
  Object.values(node?.patternProperties ?? {})[0];

const propertySchema = (node: SchemaNode | undefined, name: string): SchemaNode | undefined =>
  node?.properties !== undefined && Object.hasOwn(node.properties, name) ? node.properties[name] : itemSchema(node);

const isUnknown = (node: SchemaNode | undefined): boolean =>
  node === undefined || !('type' in node || 'anyOf' in node || 'enum' in node);

/**
 * A copy of settings with what stands at places for secrets, and texts at unknown places, changed by `change`.
 * Takes whatever JSON it gets: settings need not be valid.
 */
export const mapSecretPlaces = (
  settings: Json,
  change: (value: Json, kind: PlaceKind, path: Path) => Json,
): Json => {
  const walk = (value: Json, node: SchemaNode | undefined, path: Path): Json => {
    const kind = node?.[SECRET_KIND];
    if (kind !== undefined) return change(value, kind, path);
    if (isList(value)) return value.map((item, index) => walk(item, node?.items, [...path, index]));
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, walk(item, propertySchema(node, name), [...path, name])]),
      );
    }
    return typeof value === 'string' && isUnknown(node) ? change(value, 'unknown', path) : value;
  };
  return walk(settings, root, []);
};

/**
 * PHP, which the source's tool is written in, writes a map without entries as `[]`.
 * A copy in which such a one is `{}`.
 */
export const emptyListsAsMaps = (settings: Json): Json => {
  const walk = (value: Json, node: SchemaNode | undefined): Json => {
    if (isList(value)) {
      if (value.length === 0 && node?.patternProperties !== undefined) return {};
      return value.map((item) => walk(item, node?.items));
    }
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, walk(item, propertySchema(node, name))]),
    );
  };
  return walk(settings, root);
};

/** Is it `{"secret": "name"}`? */
export const isSecretReference = (value: Json | undefined): value is SecretReference & { readonly [name: string]: Json } =>
  isObject(value) && typeof value['secret'] === 'string' && Object.keys(value).length === 1;
