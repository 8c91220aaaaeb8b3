/** What a unit of a commit expects is not so: the unit is undone, the others of the commit go on. */
export class UnitConflict extends Error {
  override readonly name = 'UnitConflict';
}
