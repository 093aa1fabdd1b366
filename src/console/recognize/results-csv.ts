import type { IdentifiedFace } from '../../client/index.ts';
import { problemText } from '../notices/problem-text.ts';
import { csvFile } from '../parts/csv-file.ts';
import type { Photo } from '../stores/recognize-store.ts';

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
  return csvFile([COLUMNS, ...lines]);
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
