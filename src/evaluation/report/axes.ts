import { type Axis, decades, roundTicks } from './charts.ts';

export function rateAxis(title: string, from: number): Axis {
  return { title, scale: 'log', from, to: 1, ticks: decades(from, 1), format: percent };
}

export function shareAxis(title: string, from: number, to: number): Axis {
  return { title, scale: 'linear', from, to, ticks: roundTicks(from, to), format: percent };
}

export function linearAxis(title: string, from: number, to: number, digits: number): Axis {
  return {
    title,
    scale: 'linear',
    from,
    to,
    ticks: roundTicks(from, to),
    format: (value) => value.toFixed(digits),
  };
}

export const NO_BREAK = '\u00a0';

/** `99.25 %`, `0.1 %`, `0.01 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${Number(value >= 1 ? value.toFixed(2) : value.toPrecision(2))}${NO_BREAK}%`;
}
