type Method = (...parameters: never[]) => Promise<unknown>;
type MethodName<Owner> = { [Name in keyof Owner]: Owner[Name] extends Method ? Name : never }[keyof Owner];
type Parameters_<Called> = Called extends (...parameters: infer Given) => unknown ? Given : never;

/**
 * Something else happens once, just before or just after the next call of a method that fits: what a second engine, a
 * webhook or a person does while the first one is between two of its effects.
 */
export function meanwhile<Owner extends object, Name extends MethodName<Owner>>(
  owner: Owner,
  when: 'before' | 'after',
  name: Name,
  act: () => Promise<unknown> | void,
  fits: (...parameters: Parameters_<Owner[Name]>) => boolean = () => true,
): void {
  const original = owner[name] as (...parameters: Parameters_<Owner[Name]>) => Promise<unknown>;
  const called = async (...parameters: Parameters_<Owner[Name]>): Promise<unknown> => {
    if (!fits(...parameters)) return original.apply(owner, parameters);
    Object.assign(owner, { [name]: original });
    if (when === 'before') await act();
    const value = await original.apply(owner, parameters);
    if (when === 'after') await act();
    return value;
  };
  Object.assign(owner, { [name]: called });
}
