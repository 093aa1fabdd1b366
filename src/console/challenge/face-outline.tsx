import type { ChallengeAction } from './use-challenge.ts';

interface FaceOutlineProps {
  readonly action: ChallengeAction;
  /** Of the step that is asked for, 0 to 1. */
  readonly progress: number;
}

/**
 * Where the face should be in a picture that is shown as in a mirror: the person's own left is on the left. The outline
 * goes where the head should go, and fills as it does.
 */
export function FaceOutline({ action, progress }: FaceOutlineProps) {
  return (
    <svg className="face-outline" viewBox="0 0 640 480" aria-hidden="true">
      <g className="outline-move" data-action={action}>
        <ellipse className="outline-track" cx="320" cy="235" rx="118" ry="160" pathLength="100" />
        <ellipse
          className="outline-done"
          cx="320"
          cy="235"
          rx="118"
          ry="160"
          pathLength="100"
          strokeDasharray={`${100 * progress} 100`}
        />
      </g>
    </svg>
  );
}
