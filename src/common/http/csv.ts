/** A cell that a spreadsheet would read as a formula starts with one of these (also behind a tab or a line break). */
const FORMULA_START = /^[=+\-@\t\r]/;

/**
 * One CSV cell: quoted where needed, and prefixed with an apostrophe where a spreadsheet would run it as a formula.
 * Numbers stay bare, also negative ones.
 * @example csvCell('=1+1') // "'=1+1"
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text =
    value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : JSON.stringify(value);
  const safe = FORMULA_START.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One CSV line with its line end (RFC 4180). */
export function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}
