import { Table, Text } from '@mantine/core';
import type { GalleryEvaluation } from '../../client/index.ts';
import { number, percent, t } from '../texts/texts.ts';

const WIDTH = 720;
const HEIGHT = 260;
const BASE = 28;
const TOP = 12;

/** Distances of the same person's photos and of the nearest other person, and where the threshold lies between them. */
export function DistanceChart({
  evaluation,
  threshold,
}: {
  evaluation: GalleryEvaluation;
  threshold: number;
}) {
  const { mated, nonmated, binWidth } = evaluation;
  const bins = Math.max(mated.bins.length, nonmated.bins.length, 1);
  const range = bins * binWidth;
  const series = [
    { key: 'mated', counts: mated, label: t.evaluation.mated },
    { key: 'nonmated', counts: nonmated, label: t.evaluation.nonmated },
  ] as const;
  const highest = Math.max(
    ...series.flatMap(({ counts }) => counts.bins.map((bin) => bin / Math.max(1, counts.count))),
    1e-9,
  );
  const x = (distance: number) => (WIDTH * distance) / range;
  const y = (share: number) => HEIGHT - BASE - ((HEIGHT - BASE - TOP) * share) / highest;
  return (
    <figure className="chart">
      <figcaption>
        {series.map(({ key, counts, label }) => (
          <span key={key} className="legend" data-series={key}>
            {label} ({counts.count})
          </span>
        ))}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.evaluation.chart}>
        <rect
          className="accepted"
          x={0}
          y={TOP}
          width={Math.max(0, x(threshold))}
          height={HEIGHT - BASE - TOP}
        />
        {series.map(({ key, counts }) => (
          <path key={key} className="distances" data-series={key} d={outline(counts, binWidth, x, y)} />
        ))}
        <line className="axis" x1={0} x2={WIDTH} y1={HEIGHT - BASE} y2={HEIGHT - BASE} />
        {ticks(range).map((tick) => (
          <text key={tick} x={x(tick)} y={HEIGHT - 8} textAnchor={tick === 0 ? 'start' : 'middle'}>
            {number(tick)}
          </text>
        ))}
        <line className="threshold-line" x1={x(threshold)} x2={x(threshold)} y1={TOP} y2={HEIGHT - BASE} />
      </svg>
      <Text size="sm" c="dimmed" ta="center">
        {t.evaluation.axis}
      </Text>
      <details>
        <summary>{t.evaluation.asTable}</summary>
        <Table maw={420} mt="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.evaluation.axis}</Table.Th>
              {series.map(({ key, label }) => (
                <Table.Th key={key}>{label}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Array.from({ length: bins }, (_, i) => i)
              .filter((i) => series.some(({ counts }) => (counts.bins[i] ?? 0) > 0))
              .map((i) => (
                <Table.Tr key={i}>
                  <Table.Td>
                    {number(i * binWidth)} – {number((i + 1) * binWidth)}
                  </Table.Td>
                  {series.map(({ key, counts }) => (
                    <Table.Td key={key}>
                      {percent((counts.bins[i] ?? 0) / Math.max(1, counts.count))}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      </details>
    </figure>
  );
}

/** Steps over the bins, closed along the axis. */
function outline(
  { bins, count }: GalleryEvaluation['mated'],
  binWidth: number,
  x: (distance: number) => number,
  y: (share: number) => number,
): string {
  const steps = bins.map((bin, i) => {
    const height = y(bin / Math.max(1, count)).toFixed(1);
    return `L${x(i * binWidth).toFixed(1)},${height}L${x((i + 1) * binWidth).toFixed(1)},${height}`;
  });
  return `M0,${y(0).toFixed(1)}${steps.join('')}L${x(bins.length * binWidth).toFixed(1)},${y(0).toFixed(1)}Z`;
}

/** Round distances along the axis. */
function ticks(range: number): readonly number[] {
  const step = range > 1 ? 0.2 : 0.1;
  return Array.from(
    { length: Math.floor(range / step) + 1 },
    (_, i) => Math.round(10 * i * step) / 10,
  ).filter((tick) => tick < 0.98 * range);
}
