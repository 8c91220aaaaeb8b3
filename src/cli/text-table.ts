/** A table for people: the first column to the left, the others (numbers) to the right. */
export interface TextTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

const thousands = new Intl.NumberFormat('en-US');

const cell = (value: string | number): string => (typeof value === 'number' ? thousands.format(value) : value);

/** The table's lines; a table without rows says so in a line. */
export const renderTable = ({ title, columns, rows }: TextTable): string => {
  if (rows.length === 0) return `${title}\n  none\n`;
  const lines = [columns, ...rows.map((row) => row.map(cell))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const render = (line: readonly string[]): string =>
    widths
      .map((width, index) => (index === 0 ? (line[index] ?? '').padEnd(width) : (line[index] ?? '').padStart(width)))
      .join('  ')
      .trimEnd();
  return `${title}\n${lines.map((line) => `  ${render(line)}`).join('\n')}\n`;
};
