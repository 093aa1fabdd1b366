import { groupedBy } from './grouped-by.ts';
import { crossedInterval, type Interval, type PersonCount, peopleInterval } from './intervals.ts';

/** A share of the searches, with the bounds that the choice of people leaves it. */
export interface Share {
  readonly count: number;
  readonly total: number;
  /** NaN without searches. */
  readonly rate: number;
  readonly interval: Interval;
}

/** Who was searched for. */
interface Searched {
  readonly person: string;
}

/** Whom the search found nearest. */
interface Found extends Searched {
  readonly nearestPerson: string;
}

/** The share of the searches that count; the interval is over the people who were searched for. */
export function shareOf<Probe extends Searched>(
  probes: readonly Probe[],
  counts: (probe: Probe) => boolean,
): Share {
  const people = countsByPerson(probes, counts);
  const count = people.reduce((sum, { counted }) => sum + counted, 0);
  return {
    count,
    total: probes.length,
    rate: count / probes.length,
    interval: peopleInterval(people),
  };
}

/**
 * The share of the strangers who are named; the interval is over strangers and enrolled people: a few of either kind
 * make most of the mistakes.
 * searches  for each enrolled person its part of the searches: together as many as the strangers
 */
export function shareNamed<Probe extends Found>(
  strangers: readonly Probe[],
  named: (probe: Probe) => boolean,
  searches: ReadonlyMap<string, number>,
): Share {
  const pairs = new Map<string, number>();
  const namedAs = new Map<string, number>();
  for (const probe of strangers.filter(named)) {
    const pair = JSON.stringify([probe.person, probe.nearestPerson]);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    namedAs.set(probe.nearestPerson, (namedAs.get(probe.nearestPerson) ?? 0) + 1);
  }
  const enrolled = Array.from(searches, ([person, tried]) => ({ counted: namedAs.get(person) ?? 0, tried }));
  const interval = crossedInterval(countsByPerson(strangers, named), enrolled, [...pairs.values()]);
  return { ...shareOf(strangers, named), interval };
}

function countsByPerson<Probe extends Searched>(
  probes: readonly Probe[],
  counts: (probe: Probe) => boolean,
): readonly PersonCount[] {
  return [...groupedBy(probes, ({ person }) => person).values()].map((own) => ({
    counted: own.filter(counts).length,
    tried: own.length,
  }));
}
