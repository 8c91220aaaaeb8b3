/** A field as a mapping names it. */
export type FieldPath =
  /** Of the contact itself, of a custom group, or along a join, as APIv4 selects it. */
  | { readonly kind: 'field'; readonly path: string }
  /** Worked out by CiviCRM from fields of the contact: `UPPER(last_name)`, `YEAR(birth_date)`. */
  | { readonly kind: 'expression'; readonly path: string }
  | AggregatePath;

/** One value over all rows of another entity that belong to the contact: `MAX(Membership.end_date)`. */
export interface AggregatePath {
  readonly kind: 'aggregate';
  readonly path: string;
  readonly name: string;
  readonly entity: string;
  readonly field: string;
}

const AGGREGATE = /^(COUNT|MAX|MIN|SUM)\((\w+)\.([\w.:]+)\)$/;

/** Reads a path; what is no aggregate is an expression or a field, which CiviCRM is asked for as it stands. */
export function parseFieldPath(path: string): FieldPath {
  const [, name, entity, field] = AGGREGATE.exec(path) ?? [];
  if (name === undefined || entity === undefined || field === undefined) return { kind: path.includes('(') ? 'expression' : 'field', path };
  return { kind: 'aggregate', path, name, entity, field };
}
