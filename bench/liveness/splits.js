// Do a threshold and its errors hold for other people? One split of the people after the other, each picture judged once.
// node bench/liveness/splits.js --pad DIR [--models DIR] [--detector NAME] [--splits 100]
// (npm run build first; DIR holds real/PERSON/… and print/PERSON/… for each kind of attack)
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultConcurrency, mapInOrder, openRecognizer } from 'acquaint';
import {
  answersAt,
  padCurve,
  padRates,
  splitPeople,
  thresholdForAttacks,
} from '../../dist/core/pad-rates.js';

const { values } = parseArgs({
  options: {
    pad: { type: 'string' },
    models: { type: 'string' },
    detector: { type: 'string' },
    splits: { type: 'string' },
  },
});
if (!values.pad)
  throw new Error('Expected --pad DIR, a folder with real/PERSON and a folder for each attack');
const splits = Number(values.splits ?? 100);

const recognizer = await openRecognizer({ detector: values.detector, modelsFolder: values.models });
const pictures = [];
for (const path of await readdir(values.pad, { recursive: true })) {
  const [kind, person, ...file] = path.split(/[/\\]/);
  if (file.length > 0) pictures.push({ attack: kind === 'real' ? null : kind, person, path });
}
const trials = [];
const work = async ({ attack, person, path }) => {
  const { faces } = await recognizer.liveness(join(values.pad, path));
  const [face] = faces.toSorted((a, b) => b.box.right - b.box.left - (a.box.right - a.box.left));
  return { attack, person, face };
};
for await (const { attack, person, face } of mapInOrder(pictures, defaultConcurrency() + 1, work)) {
  trials.push({ attack, person, score: face?.liveness.score ?? null });
}
await recognizer.close();

printScores(
  'live',
  trials.filter(({ attack }) => attack === null),
);
printScores(
  'attacks',
  trials.filter(({ attack }) => attack !== null),
);
const equal = padCurve(trials).toSorted((a, b) => gap(a) - gap(b))[0];
console.log(`equal error rate ${percent((equal.attacksAccepted + equal.liveRefused) / 2)}`);
console.log('\nchosen on | attacks accepted (worst kind), others: mean, worst | live refused: mean, worst');
for (const share of [0.5, 0.9]) {
  for (const [name, chooseThreshold] of [
    ['1 % of attacks', (chosen) => thresholdForAttacks(chosen, 0.01)],
    ['fixed at 0.9', () => 0.9],
  ]) {
    const results = Array.from({ length: splits }, (_, seed) => {
      const { chosen, others } = splitPeople(
        trials.map(({ person }) => person),
        share,
        seed,
      );
      const of = (people) => trials.filter(({ person }) => people.has(person));
      const rates = padRates(answersAt(of(others), chooseThreshold(of(chosen))), { draws: 1 });
      return [rates.attacks[0].accepted.rate, rates.refused.rate];
    });
    const cells = [0, 1].map((side) => {
      const rates = results.map((result) => result[side]);
      return `${percent(rates.reduce((sum, rate) => sum + rate, 0) / splits)}, ${percent(Math.max(...rates))}`;
    });
    console.log(`${name}, ${share} of the people | ${cells.join(' | ')}`);
  }
}

function gap({ attacksAccepted, liveRefused }) {
  return Math.abs(attacksAccepted - liveRefused);
}

function printScores(name, some) {
  const scores = some.flatMap(({ score }) => score ?? []).sort((a, b) => a - b);
  const at = (share) => scores[Math.round(share * (scores.length - 1))].toPrecision(3);
  console.log(
    `${name}: ${some.length} pictures, ${scores.length} scores: lowest ${at(0)}, 1 % ${at(0.01)}, median ${at(0.5)}, 99 % ${at(0.99)}, highest ${at(1)}`,
  );
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}
