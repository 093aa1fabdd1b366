import type { IdentifiedFace } from '../../client/index.ts';
import { problemText } from '../server/problem-text.ts';
import type { Photo } from './recognize-store.ts';

const COLUMNS = [
  'file',
  'decision',
  'name',
  'confidence',
  'distance',
  'threshold',
  'runner_up',
  'runner_up_distance',
  'left',
  'top',
  'right',
  'bottom',
  'doubts',
  'liveness',
  'problem',
];

/** One line a face; a photo without one has a line too. */
export function resultsCsv(photos: readonly Photo[]): Blob {
  const lines = photos.flatMap(({ path, result, error, status }) => {
    if (status === 'failed') return [[path, ...Array(COLUMNS.length - 2).fill(''), problemText(error)]];
    if (!result) return [];
    if (result.faces.length === 0) return [[path, 'no_face', ...Array(COLUMNS.length - 2).fill('')]];
    return result.faces.map((face) => [path, ...cellsOf(face)]);
  });
  const text = [COLUMNS, ...lines].map((cells) => cells.map(cell).join(',')).join('\r\n');
  // Without the mark Excel takes the names for Latin-1.
  return new Blob([`\ufeff${text}\r\n`], { type: 'text/csv;charset=utf-8' });
}

function cellsOf({
  decision,
  person,
  confidence,
  distance,
  threshold,
  runnerUp,
  box,
  reasons,
  liveness,
}: IdentifiedFace) {
  const name = decision === 'unknown' ? '' : (person?.name ?? '');
  const numbers = [confidence, distance, threshold].map((value) => value ?? '');
  const { left, top, right, bottom } = box;
  const next = [runnerUp?.name ?? '', runnerUp?.distance ?? ''];
  return [
    decision,
    name,
    ...numbers,
    ...next,
    left,
    top,
    right,
    bottom,
    reasons.join(' '),
    liveness?.reason ?? '',
    '',
  ];
}

/** A name that begins as a formula would be run as one by a spreadsheet. */
function cell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
