/**
 * What follows the values of an insert so that a row that is there gets them instead. Only for tables whose primary key
 * is their one unique index, or for rows that are known to be there: else another row might be the one that is hit.
 * `VALUES()` because MariaDB does not know the alias that MySQL 8 prefers.
 */
export const overwriting = (columns: readonly string[]): string =>
  `ON DUPLICATE KEY UPDATE ${columns.map((column) => `${column} = VALUES(${column})`).join(', ')}`;
