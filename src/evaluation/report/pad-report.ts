import type { PadRate, PadRates } from '../../core/pad-rates.ts';
import { type PadEvaluation, type PadMistake, SPLIT_RATE } from '../evaluate-pad.ts';
import { NO_BREAK, percent, rateAxis } from './axes.ts';
import { escapeText, renderChart } from './charts.ts';
import { section, table } from './page.ts';
import { thumbnail } from './thumbnail.ts';

/** The sections of a report about attacks. */
export function padSections(evaluation: PadEvaluation): readonly string[] {
  const { thresholds, split, curve, inForce } = evaluation;
  const limits = thresholds
    ? `live from ${thresholds.liveFrom}, spoof below ${thresholds.spoofBelow}`
    : 'no face was found';
  return [
    section('In short', table([], factsOf(evaluation))),
    section(`Errors (${limits})`, ratesTable(inForce)),
    ...(split === null
      ? []
      : [
          section(
            `Other people: live from ${scoreText(split.liveFrom)}, chosen on ${split.chosenPeople} people for ${percent(SPLIT_RATE)} of their attacks`,
            ratesTable(split.others),
          ),
        ]),
    section(
      'DET',
      renderChart({
        description: 'Attacks accepted against live faces refused, logarithmic axes',
        x: rateAxis('attacks accepted (worst kind)', 0.001),
        y: rateAxis('live faces refused', 0.001),
        series: [
          {
            name: evaluation.model ?? '',
            color: 1,
            kind: 'line',
            points: curve.map(({ attacksAccepted, liveRefused }) => [attacksAccepted, liveRefused]),
          },
        ],
      }),
    ),
  ];
}

function factsOf({
  model,
  pictures,
  people,
  unusable,
  noAnswer,
}: PadEvaluation): (readonly [string, string])[] {
  return [
    ['Model', model ?? '–'],
    ['People', String(people)],
    ['Pictures of live faces', String(pictures.live)],
    ...Object.entries(pictures.attacks).map(
      ([attack, count]) => [`Pictures of attacks: ${attack}`, String(count)] as const,
    ),
    ['Pictures left out (unreadable)', String(unusable.length)],
    ...Object.entries(noAnswer).map(
      ([reason, count]) => [`No answer: ${reason.replaceAll('_', ' ')}`, String(count)] as const,
    ),
  ];
}

function ratesTable({ attacks, refused, noAnswer, notLetIn, average }: PadRates): string {
  const row = (name: string, rate: PadRate): readonly string[] => [
    name,
    rateText(rate),
    `${rate.counted} of ${rate.tried}`,
  ];
  return table(
    ['', 'rate (95 % interval over people)', 'pictures'],
    [
      ...attacks.flatMap(({ attack, accepted, noAnswer: unanswered }) => [
        row(`APCER: ${attack} taken for live`, accepted),
        row(`no answer: ${attack}`, unanswered),
      ]),
      row('BPCER: live taken for an attack', refused),
      row('no answer: live', noAnswer),
      row('live not let in, for either reason', notLetIn),
      ['ACER: mean of the worst APCER and BPCER', rateText(average), ''],
    ],
  );
}

function rateText({ rate, interval }: Pick<PadRate, 'rate' | 'interval'>): string {
  if (Number.isNaN(rate)) return '–';
  return `${percent(rate)} (${[percent(interval.low), 'to', percent(interval.high)].join(NO_BREAK)})`;
}

/** The pictures that were told wrong, or nearly, with their scores. */
export async function padMistakes({ worst }: PadEvaluation): Promise<readonly string[]> {
  const sections: string[] = [];
  for (const [title, mistakes] of [
    ['Attacks that look most like live faces', worst.attacks],
    ['Live faces that look most like attacks', worst.live],
  ] as const) {
    const figures: string[] = [];
    // One after the other: a dozen photos decoded at once take gigabytes.
    for (const mistake of mistakes) figures.push(await figureOf(mistake));
    if (figures.length > 0) sections.push(section(title, `<div class="mistakes">${figures.join('')}</div>`));
  }
  return sections;
}

async function figureOf(mistake: PadMistake): Promise<string> {
  const caption = `${mistake.attack ?? 'live'}: ${scoreText(mistake.score)}`;
  return `<figure>${await thumbnail(mistake)}<figcaption>${escapeText(caption)}</figcaption></figure>`;
}

function scoreText(score: number): string {
  return String(Number(score.toPrecision(3)));
}
