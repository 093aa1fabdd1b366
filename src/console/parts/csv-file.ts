/** A table for spreadsheets; the first row names the columns. */
export function csvFile(rows: readonly (readonly (string | number)[])[]): Blob {
  const text = rows.map((cells) => cells.map(cellText).join(',')).join('\r\n');
  // Without the mark Excel takes the names for Latin-1.
  return new Blob([`\ufeff${text}\r\n`], { type: 'text/csv;charset=utf-8' });
}

/** A name that begins as a formula would be run as one by a spreadsheet. */
function cellText(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
