import { createRequire } from 'node:module';
import type Table from 'cli-table3';
import { colors } from './output.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/**
 * A table without frames: columns two spaces apart, the head in bold. Cells must be printable already.
 * ensures  no line ends in spaces
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new (loadTable())({
    head: columns.map(({ title }) => colors.bold(title)),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: frameless,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** cli-table3 is CommonJS and wanted by few commands: loaded when the first table is drawn. */
function loadTable(): typeof Table {
  return createRequire(import.meta.url)('cli-table3') as typeof Table;
}

const frameless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
