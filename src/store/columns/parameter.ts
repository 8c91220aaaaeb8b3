/** A value that a statement is given: all that the tables hold. */
export type Parameter = string | number | null;
