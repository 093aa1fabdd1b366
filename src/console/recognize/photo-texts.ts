import type { Identification } from '../../client/index.ts';
import { answerLabel } from '../pictures/answer-text.ts';
import type { ShownFace } from '../pictures/face-boxes.tsx';
import { t } from '../texts/texts.ts';

/** 'Ada Lovelace, Charles Babbage and 2 unknown'. */
export function summaryOf({ faces }: Identification): string {
  if (faces.length === 0) return t.recognize.noFaces;
  const names = faces.filter(({ decision }) => decision === 'match').map(({ person }) => person!.name);
  return t.recognize.people(
    [...new Set(names)],
    faces.filter(({ decision }) => decision === 'unknown').length,
    faces.filter(({ decision }) => decision === 'ambiguous').length,
  );
}

/** `label`: instead of the names. */
export function shownFaces({ faces }: Identification, label?: string): readonly ShownFace[] {
  return faces.map((face, i) => ({
    key: i,
    box: face.box,
    decision: face.decision,
    label: label ?? answerLabel(face),
    description: t.recognize.face(i + 1, answerLabel(face)),
  }));
}
