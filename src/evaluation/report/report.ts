import { requireKind, requireOneOf } from '../../core/arguments.ts';
import type { ReliabilityBin } from '../../core/reliability.ts';
import type { DistanceHistogram } from '../distance-histogram.ts';
import type { PadEvaluation } from '../evaluate-pad.ts';
import type { PairsEvaluation } from '../evaluate-pairs.ts';
import type { PeopleEvaluation } from '../evaluate-people.ts';
import type { Mistake } from '../mistake.ts';
import { linearAxis, NO_BREAK, percent, rateAxis, shareAxis } from './axes.ts';
import { type Axis, renderChart, type Series } from './charts.ts';
import { padMistakes, padSections } from './pad-report.ts';
import { renderPage, section, table } from './page.ts';
import { thumbnail } from './thumbnail.ts';

export type Evaluation = PairsEvaluation | PeopleEvaluation;

/**
 * The evaluation as one HTML page that needs no other file and no network. It shows faces: treat it like the pictures
 * themselves.
 */
export async function renderReport(evaluation: Evaluation | PadEvaluation): Promise<string> {
  requireKind('the evaluation', 'object', evaluation);
  requireOneOf('kind', ['pairs', 'people', 'pad'], evaluation.kind);
  if (evaluation.kind === 'pad') {
    return renderPage('Detection of attacks', padSections(evaluation), await padMistakes(evaluation));
  }
  const mistakes = await mistakeSections(evaluation);
  return evaluation.kind === 'pairs'
    ? renderPage('Verification of pairs', pairsSections(evaluation), mistakes)
    : renderPage('Identification among people', peopleSections(evaluation), mistakes);
}

const LEAST_RATE = 1e-4;

function pairsSections(evaluation: PairsEvaluation): readonly string[] {
  const { accuracy, acceptRates, atDefault, pairs, curve, rejection } = evaluation;
  const facts: (readonly [string, string])[] = [
    ['Recipe', evaluation.recipe],
    ['Pairs of one person', String(pairs.same)],
    ['Pairs of different people', String(pairs.different)],
    ['Pairs without a face (errors)', String(pairs.withoutFace)],
    ['Pairs left out (unreadable)', String(pairs.leftOut)],
  ];
  if (accuracy) {
    const folds = accuracy.folds.length;
    facts.push([
      `Accuracy over ${folds} folds`,
      `${percent(accuracy.mean)} ± ${percent(accuracy.standardError)} (standard error)`,
    ]);
  }
  facts.push(['Equal error rate', percent(evaluation.equalErrorRate)]);
  const usable = curve.filter(({ falseMatchRate }) => Number.isFinite(falseMatchRate));
  return [
    section('In short', table([], facts)),
    section(
      'How many are recognised',
      table(
        ['different people accepted', 'distance up to', 'one person accepted', '95 % interval'],
        [
          ...acceptRates.map(({ falseMatchRate, threshold, trueAcceptRate, interval }) => [
            percent(falseMatchRate),
            threshold.toFixed(3),
            percent(trueAcceptRate),
            `${percent(interval.low)} to ${percent(interval.high)}`,
          ]),
          [
            `${percent(atDefault.falseMatchRate)} (${thresholdName(evaluation)} for ${percent(atDefault.statedRate)})`,
            atDefault.threshold.toFixed(3),
            percent(1 - atDefault.falseNonMatchRate),
            '',
          ],
        ],
      ),
    ),
    section(
      'ROC',
      renderChart({
        description:
          'Share of pairs of one person accepted against share of pairs of different people accepted',
        x: rateAxis('different people accepted', LEAST_RATE),
        y: shareAxis(
          'one person accepted',
          Math.min(
            0.9,
            ...usable
              .filter(({ falseMatchRate }) => falseMatchRate > 0.0005)
              .map(({ falseNonMatchRate }) => 1 - falseNonMatchRate),
          ),
          1,
        ),
        series: [
          {
            name: evaluation.recipe,
            color: 1,
            kind: 'line',
            points: usable.map(({ falseMatchRate, falseNonMatchRate }) => [
              falseMatchRate,
              1 - falseNonMatchRate,
            ]),
          },
        ],
      }),
    ),
    section(
      'DET',
      renderChart({
        description: 'Both error rates against each other, logarithmic axes',
        x: rateAxis('different people accepted', LEAST_RATE),
        y: rateAxis('one person refused', 0.001),
        series: [
          {
            name: evaluation.recipe,
            color: 1,
            kind: 'line',
            points: usable.map(({ falseMatchRate, falseNonMatchRate }) => [
              falseMatchRate,
              falseNonMatchRate,
            ]),
          },
        ],
      }),
    ),
    section(
      'Distances',
      histogramChart(evaluation.histogram, 'pairs', {
        x: atDefault.threshold,
        label: thresholdName(evaluation),
      }),
    ),
    ...reliabilitySection([{ name: 'pairs', bins: evaluation.reliability }]),
    ...(rejection.length > 0
      ? [
          section(
            'Refusing the worst faces',
            renderChart({
              description:
                'Share of pairs of one person refused against the share of pairs left out for low quality',
              x: shareAxis('pairs left out, lowest quality first', 0, 0.3),
              y: shareAxis(
                'one person refused',
                0,
                Math.max(0.01, ...rejection.map(({ falseNonMatchRate }) => falseNonMatchRate)) * 1.15,
              ),
              series: [
                {
                  name: 'one person refused',
                  color: 1,
                  kind: 'line',
                  points: rejection.map(({ refused, falseNonMatchRate }) => [refused, falseNonMatchRate]),
                },
              ],
            }),
          ),
        ]
      : []),
  ];
}

function peopleSections(evaluation: PeopleEvaluation): readonly string[] {
  const { galleries, statedRate } = evaluation;
  const colors = [1, 2, 3, 4, 5] as const;
  const series = (value: (gallery: PeopleEvaluation['galleries'][number]) => Series['points']): Series[] =>
    galleries.map((gallery, i) => ({
      name: `${gallery.galleryPeople} people`,
      color: colors[i % colors.length]!,
      kind: 'line',
      points: value(gallery),
    }));
  const thresholds = galleries.flatMap(({ curve }) => curve.map(({ threshold }) => threshold));
  const distanceAxis: Axis = linearAxis(
    'threshold (distance)',
    Math.min(...thresholds),
    Math.max(...thresholds),
    2,
  );
  return [
    section(
      'In short',
      table(
        [],
        [
          ['Recipe', evaluation.recipe],
          ['People', String(evaluation.people)],
          ['… with two pictures or more', String(evaluation.enrollable)],
          ['Strangers that may be named', percent(statedRate)],
        ],
      ),
      'broad',
    ),
    section(
      `At the ${thresholdName(evaluation)} for ${percent(statedRate)}`,
      table(
        ['people enrolled', 'faces', 'distance up to', 'strangers named', 'enrolled missed', 'another name'],
        galleries.map(({ galleryPeople, galleryFaces, atDefault }) => [
          String(galleryPeople),
          galleryFaces.toFixed(0),
          atDefault.threshold.toFixed(3),
          withInterval(atDefault.strangersNamed),
          withInterval(atDefault.enrolledMissed),
          withInterval(atDefault.enrolledMistaken),
        ]),
      ),
      'broad',
    ),
    section(
      'Strangers named',
      renderChart({
        description: 'Share of strangers who are named against the threshold, for each gallery size',
        x: distanceAxis,
        y: rateAxis('strangers named', LEAST_RATE),
        series: series(({ curve }) =>
          curve.map(({ threshold, strangersNamed }) => [threshold, strangersNamed]),
        ),
      }),
    ),
    section(
      'Enrolled people missed',
      renderChart({
        description: 'Share of enrolled people who are missed against the threshold, for each gallery size',
        x: distanceAxis,
        y: rateAxis('enrolled people missed', 0.001),
        series: series(({ curve }) =>
          curve.map(({ threshold, enrolledMissed }) => [threshold, enrolledMissed]),
        ),
      }),
    ),
    section(
      'Both against each other',
      renderChart({
        description: 'Strangers named against enrolled people missed, for each gallery size',
        x: rateAxis('strangers named', LEAST_RATE),
        y: rateAxis('enrolled people missed', 0.001),
        series: series(({ curve }) =>
          curve.map(({ strangersNamed, enrolledMissed }) => [strangersNamed, enrolledMissed]),
        ),
      }),
    ),
    section(
      'Distances',
      histogramChart(evaluation.histogram, 'searches', {
        x: galleries.at(-1)!.atDefault.threshold,
        label: thresholdName(evaluation),
      }),
    ),
    ...reliabilitySection(
      galleries.map(({ galleryPeople, reliability }) => ({
        name: `${galleryPeople} people`,
        bins: reliability,
      })),
    ),
  ];
}

const THRESHOLD_NAMES: Readonly<Record<Evaluation['thresholdFrom'], string>> = {
  calibrated: 'calibrated threshold',
  measured: 'threshold',
  'these-pictures': 'threshold chosen on these pictures',
};

function thresholdName({ thresholdFrom }: Evaluation): string {
  return THRESHOLD_NAMES[thresholdFrom];
}

function withInterval({ rate, interval }: { rate: number; interval: { low: number; high: number } }): string {
  return Number.isNaN(rate)
    ? '–'
    : `${percent(rate)} (${[percent(interval.low), 'to', percent(interval.high)].join(NO_BREAK)})`;
}

function histogramChart(
  { from, binWidth, same, different }: DistanceHistogram,
  what: string,
  mark: { readonly x: number; readonly label: string },
): string {
  const total = (bins: readonly number[]): number =>
    Math.max(
      1,
      bins.reduce((sum, count) => sum + count, 0),
    );
  const points = (bins: readonly number[]): Series['points'] =>
    bins.map((count, i) => [from + i * binWidth, count / total(bins)]);
  const highest = Math.max(...[...points(same), ...points(different)].map(([, y]) => y));
  return renderChart({
    description: 'How often each distance occurs between faces of one person and of different people',
    x: linearAxis('distance', from, from + same.length * binWidth, 1),
    y: shareAxis(`share of the ${what}`, 0, highest * 1.1),
    series: [
      { name: 'one person', color: 1, kind: 'bars', points: points(same) },
      { name: 'different people', color: 2, kind: 'bars', points: points(different) },
    ],
    marks: [mark],
  });
}

interface ReliabilitySet {
  readonly name: string;
  readonly bins: readonly ReliabilityBin[];
}

/** Nothing is shown of a recipe that nobody has measured, nor where all or nothing came true. */
function reliabilitySection(sets: readonly ReliabilitySet[]): readonly string[] {
  const stated = sets.filter(({ bins }) => bins.length > 0);
  return stated.length > 0 ? [section('Is the confidence honest?', reliabilityChart(stated))] : [];
}

function reliabilityChart(sets: readonly ReliabilitySet[]): string {
  const colors = [1, 2, 3, 4, 5] as const;
  return renderChart({
    description:
      'Share that came true against the stated probability; on the diagonal the statement is honest',
    x: shareAxis('stated probability', 0, 1),
    y: shareAxis('came true', 0, 1),
    series: [
      ...sets.map(
        ({ name, bins }, i): Series => ({
          name,
          color: colors[i % colors.length]!,
          kind: 'points',
          points: bins.map(({ stated, observed }) => [stated, observed]),
          bounds: bins.map(({ interval }) => [interval.low, interval.high]),
        }),
      ),
      {
        name: 'honest',
        color: 5,
        kind: 'line',
        dashed: true,
        points: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
  });
}

async function mistakeSections({ worst }: Evaluation): Promise<readonly string[]> {
  const sections: string[] = [];
  for (const [title, mistakes] of [
    ['Different people who are nearest to each other', worst.takenForOne],
    ['Pictures of one person that are farthest apart', worst.notRecognised],
  ] as const) {
    const figures: string[] = [];
    // One after the other: two dozen photos decoded at once take gigabytes.
    for (const mistake of mistakes) figures.push(await figureOf(mistake));
    if (figures.length > 0) sections.push(section(title, `<div class="mistakes">${figures.join('')}</div>`));
  }
  return sections;
}

async function figureOf({ a, b, distance }: Mistake): Promise<string> {
  const pictures = await Promise.all([thumbnail(a), thumbnail(b)]);
  return `<figure>${pictures.join('')}<figcaption>${distance.toFixed(3)}</figcaption></figure>`;
}
