import type { Box, Decision } from './face-types.ts';

export interface ShownFace {
  readonly key: string | number;
  readonly box: Box;
  readonly decision: Decision;
  readonly label: string;
  /** For whoever listens; the label when absent. */
  readonly description?: string;
}

interface FaceBoxesProps {
  /** Of the picture the boxes are of, pixels. */
  readonly width: number;
  readonly height: number;
  readonly faces: readonly ShownFace[];
  readonly isMirrored?: boolean;
  readonly selected?: string | number | null;
  /** Boxes are buttons when given. */
  readonly onSelect?: (key: string | number) => void;
}

/** Boxes with names over a picture that fills its frame. */
export function FaceBoxes({ width, height, faces, isMirrored = false, selected, onSelect }: FaceBoxesProps) {
  return faces.map(({ key, box, decision, label, description }) => {
    // A face that is cut by the edge has a box beyond it.
    const left = Math.max(0, isMirrored ? width - box.right : box.left);
    const right = Math.min(width, isMirrored ? width - box.left : box.right);
    const top = Math.max(0, box.top);
    const bottom = Math.min(height, box.bottom);
    const place = {
      left: `${(100 * left) / width}%`,
      top: `${(100 * top) / height}%`,
      width: `${(100 * (right - left)) / width}%`,
      height: `${(100 * (bottom - top)) / height}%`,
    };
    // At the lower edge the name has room above the box only.
    const isLow = bottom > 0.88 * height;
    const text = (
      <bdi className="face-label" data-above={isLow || undefined}>
        {label}
      </bdi>
    );
    const shared = { className: 'face-box', 'data-decision': decision, style: place };
    if (!onSelect) {
      return (
        <div key={key} {...shared}>
          {text}
        </div>
      );
    }
    return (
      <button
        key={key}
        type="button"
        {...shared}
        aria-pressed={selected === key}
        aria-label={description ?? label}
        onClick={() => onSelect(key)}
      >
        {text}
      </button>
    );
  });
}
