import { number, percent, t } from '../texts/texts.ts';
import type { Answer } from './face-types.ts';

/** What stands at a box: a name, that it is nobody's, or why it is not told. */
export function answerLabel({ decision, person, runnerUp, liveness }: Answer): string {
  if (decision === 'match') return person?.name ?? t.answer.unknown;
  if (decision === 'unknown') return t.answer.unknown;
  if (decision === 'not_live') return notLiveLabel(liveness);
  return t.answer.ambiguous(runnerUp?.name ?? '');
}

function notLiveLabel(liveness: Answer['liveness']): string {
  if (liveness?.decision === 'spoof') return t.answer.picture;
  return t.answer.notLive[liveness?.reason ?? ''] ?? t.answer.perhapsLive;
}

/** Why: how sure, distance against threshold, and who came next. */
export function answerReasons(answer: Answer): readonly string[] {
  const { decision, distance, threshold, confidence, runnerUp, liveness } = answer;
  const lines: string[] = [];
  if (liveness) lines.push(t.answer.liveness[liveness.reason] ?? liveness.reason);
  if (decision === 'not_live') return lines;
  if (distance === null) return [...lines, t.answer.nobodyEnrolled];
  // Where nobody is named, the runner-up is the nearest.
  const nearest = runnerUp?.name ?? '';
  if (decision === 'unknown')
    return [...lines, t.answer.beyond(nearest, number(distance), number(threshold))];
  if (decision === 'ambiguous') return [...lines, t.answer.tooAlike(nearest, number(distance))];
  if (confidence !== null) lines.push(t.answer.confidence(percent(neverCertain(confidence))));
  lines.push(t.answer.within(number(distance), number(threshold)));
  if (runnerUp) lines.push(t.answer.runnerUp(runnerUp.name, number(runnerUp.distance)));
  return lines;
}

/** Rounded down to a tenth of a percent: no face is anybody's for certain. */
function neverCertain(share: number): number {
  return Math.min(0.999, Math.floor(1000 * share) / 1000);
}

/** What makes the picture of the face doubtful. */
export function qualityTexts({ reasons }: Answer): readonly string[] {
  return reasons.map((reason) => t.quality[reason] ?? reason);
}
