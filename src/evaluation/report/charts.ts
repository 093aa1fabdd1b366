/** Charts as SVG, drawn with the colours of the page they stand in. */

export interface Axis {
  readonly title: string;
  readonly scale: 'linear' | 'log';
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

export interface Series {
  readonly name: string;
  /** Class of the page's style sheet: `series-1` and so on. */
  readonly color: 1 | 2 | 3 | 4 | 5;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Lower and upper bounds, one for each point. */
  readonly bounds?: readonly (readonly [low: number, high: number])[];
  readonly kind: 'line' | 'points' | 'bars';
  readonly dashed?: boolean;
}

export interface Chart {
  /** What is to be seen, for people who cannot see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Marks on the x axis with a word beside them. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
}

const WIDTH = 520;
const HEIGHT = 330;
const PLOT = { left: 62, top: 16, right: 490, bottom: 272 };

export function renderChart({ description, x, y, series, marks = [] }: Chart): string {
  const toX = scaleOf(x, PLOT.left, PLOT.right);
  const toY = scaleOf(y, PLOT.bottom, PLOT.top);
  const parts = [
    ...x.ticks.map((tick) => {
      const at = number(toX(tick));
      return `<line class="grid" x1="${at}" x2="${at}" y1="${PLOT.top}" y2="${PLOT.bottom}"/><text class="tick" x="${at}" y="${PLOT.bottom + 18}" text-anchor="middle">${escapeText(x.format(tick))}</text>`;
    }),
    ...y.ticks.map((tick) => {
      const at = number(toY(tick));
      return `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${at}" y2="${at}"/><text class="tick" x="${PLOT.left - 8}" y="${at + 4}" text-anchor="end">${escapeText(y.format(tick))}</text>`;
    }),
    ...series.map((one) => renderSeries(one, y, toX, toY)),
    ...marks
      .filter((mark) => mark.x >= x.from && mark.x <= x.to)
      .map((mark) => {
        const at = number(toX(mark.x));
        const isRight = at > (PLOT.left + PLOT.right) / 2;
        return `<line class="mark" x1="${at}" x2="${at}" y1="${PLOT.top}" y2="${PLOT.bottom}"/><text class="mark-label" x="${at + (isRight ? -6 : 6)}" y="${PLOT.top + 12}" text-anchor="${isRight ? 'end' : 'start'}">${escapeText(mark.label)}</text>`;
      }),
    `<text class="axis" x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 14}" text-anchor="middle">${escapeText(x.title)}</text>`,
    `<text class="axis" transform="translate(15 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeText(y.title)}</text>`,
  ];
  const legend =
    series.length > 1
      ? `<ul class="legend">${series.map(({ name, color }) => `<li><span class="swatch series-${color}"></span>${escapeText(name)}</li>`).join('')}</ul>`
      : '';
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(description)}">${parts.join('')}</svg>${legend}`;
}

type Scale = (value: number) => number;

/** Values beyond the axis are drawn at its end. */
function scaleOf({ scale, from, to }: Axis, start: number, end: number): Scale {
  const position =
    scale === 'log' ? (value: number) => Math.log(Math.max(value, from)) : (value: number) => value;
  const low = position(from);
  const high = position(to);
  return (value) => {
    const share = (position(value) - low) / (high - low);
    return start + Math.max(0, Math.min(1, share)) * (end - start);
  };
}

function renderSeries(series: Series, y: Axis, toX: Scale, toY: Scale): string {
  const { color, points, kind, dashed, bounds = [] } = series;
  const at = ([px, py]: readonly [number, number]): string => `${number(toX(px))},${number(toY(py))}`;
  if (kind === 'line') {
    const dash = dashed ? ' stroke-dasharray="5 4"' : '';
    return `<polyline class="line series-${color}"${dash} points="${points.map(at).join(' ')}"/>`;
  }
  if (kind === 'bars') {
    const width = points.length > 1 ? Math.abs(toX(points[1]![0]) - toX(points[0]![0])) : 10;
    return points
      .map(([px, py]) => {
        const top = toY(py);
        return `<rect class="bar series-${color}" x="${number(toX(px))}" y="${number(top)}" width="${number(width)}" height="${number(toY(y.from) - top)}"/>`;
      })
      .join('');
  }
  return points
    .map((point, i) => {
      const px = number(toX(point[0]));
      const bound = bounds[i];
      const bar = bound
        ? `<line class="error series-${color}" x1="${px}" x2="${px}" y1="${number(toY(bound[0]))}" y2="${number(toY(bound[1]))}"/>`
        : '';
      return `${bar}<circle class="dot series-${color}" cx="${px}" cy="${number(toY(point[1]))}" r="3.5"/>`;
    })
    .join('');
}

function number(value: number): number {
  return Math.round(value * 10) / 10;
}

/** 1, 10, 100 … or 0.1, 0.01 … within the bounds. */
export function decades(from: number, to: number): readonly number[] {
  const ticks: number[] = [];
  for (let power = Math.ceil(Math.log10(from) - 1e-9); power <= Math.log10(to) + 1e-9; power++) {
    ticks.push(10 ** power);
  }
  return ticks;
}

/** About five round numbers within the bounds. */
export function roundTicks(from: number, to: number): readonly number[] {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough)!;
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) ticks.push(i * step);
  return ticks;
}

export function escapeText(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character]!);
}
