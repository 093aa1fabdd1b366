import type { Identification, IdentifiedFace } from '../../client/index.ts';
import { answerLabel } from '../pictures/answer-text.ts';
import type { ShownFace } from '../pictures/face-boxes.tsx';
import { t } from '../texts/texts.ts';

/** 'Ada Lovelace, Charles Babbage and 2 unknown'. */
export function summaryOf({ faces }: Identification): string {
  if (faces.length === 0) return t.recognize.noFaces;
  const names = faces.filter(({ decision }) => decision === 'match').map(({ person }) => person!.name);
  const count = (is: (face: IdentifiedFace) => boolean) => faces.filter(is).length;
  const pictures = count(isPictureOfFace);
  return t.recognize.people([...new Set(names)], {
    ambiguous: count(({ decision }) => decision === 'ambiguous'),
    unknown: count(({ decision }) => decision === 'unknown'),
    pictures,
    unsure: count(({ decision }) => decision === 'not_live') - pictures,
  });
}

function isPictureOfFace({ decision, liveness }: IdentifiedFace): boolean {
  return decision === 'not_live' && liveness?.decision === 'spoof';
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
