import type { PadEvaluation, PadRates } from '../index.ts';
import { counted, shareText } from './output.ts';
import { printable } from './printable.ts';
import { renderTable } from './table.ts';

/** The evaluation of attacks for people. */
export function padText(evaluation: PadEvaluation): string {
  const { model, thresholds, pictures, people, noAnswer, inForce, split } = evaluation;
  const attacks = Object.entries(pictures.attacks).map(
    ([attack, count]) => `${count} of ${printable(attack)}`,
  );
  const unanswered = Object.entries(noAnswer).map(
    ([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`,
  );
  const lines = [
    `${counted(people, 'person', 'people')}: ${pictures.live} pictures of live faces, ${attacks.join(', ')}; ${model ?? 'no face found'}`,
  ];
  if (unanswered.length > 0) lines.push(`without an answer: ${unanswered.join(', ')}`);
  if (thresholds) {
    lines.push(
      '',
      `live from ${thresholds.liveFrom}, spoof below ${thresholds.spoofBelow}:`,
      ratesText(inForce),
    );
  }
  if (split) {
    lines.push(
      '',
      `live from ${Number(split.liveFrom.toPrecision(3))}, chosen on ${counted(split.chosenPeople, 'person', 'people')} for 1 % of their attacks;`,
      `on the other ${counted(split.otherPeople, 'person', 'people')}:`,
      ratesText(split.others),
    );
  }
  lines.push('', 'in brackets: 95 % intervals over people');
  return lines.join('\n');
}

type Rate = PadRates['refused'];

function ratesText({ attacks, refused, noAnswer, notLetIn, average }: PadRates): string {
  const row = (name: string, rate: Rate): string[] => [name, cell(rate), `${rate.counted} of ${rate.tried}`];
  return renderTable(
    [{ title: 'error' }, { title: 'rate' }, { title: 'pictures', align: 'right' }],
    [
      ...attacks.flatMap(({ attack, accepted, noAnswer: unanswered }) => [
        row(`APCER ${printable(attack)}`, accepted),
        row(`no answer ${printable(attack)}`, unanswered),
      ]),
      row('BPCER', refused),
      row('no answer live', noAnswer),
      row('live not let in', notLetIn),
      ['ACER', cell(average), ''],
    ],
  );
}

function cell({ rate, interval }: Pick<Rate, 'rate' | 'interval'>): string {
  if (Number.isNaN(rate)) return '-';
  return `${shareText(rate)} (${shareText(interval.low)} to ${shareText(interval.high)})`;
}
