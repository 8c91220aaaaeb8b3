export type Given<Values> = { [Name in keyof Values]?: Exclude<Values[Name], undefined> };

/** The same without what is undefined, for options that may be left out but not be undefined. */
export const given = <Values extends object>(values: Values): Given<Values> => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;
