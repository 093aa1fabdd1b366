import { decide } from './decide.ts';
import { groupedBy } from './grouped-by.ts';
import { personMean } from './person-mean.ts';
import { createRandom, shuffled } from './random.ts';
import { type Share, shareNamed, shareOf } from './share.ts';
import type { Steps } from './steps.ts';
import { distanceSamples, thresholdForFalseMatchRate } from './verification-rates.ts';

/** A face whose person is known for the sake of the measurement. */
export interface LabelledEmbedding {
  readonly person: string;
  readonly embedding: Float32Array;
}

export interface OpenSetPlan {
  /** People that are enrolled in each trial; everybody else is a stranger. */
  readonly galleryPeople: number;
  /** At most this many faces of each are enrolled; one at least is kept to be searched for. */
  readonly facesPerPerson: number;
  /** How often other people are enrolled. */
  readonly trials: number;
  readonly seed: number;
  /** Numbers of each net's part of an embedding: `personMean`. */
  readonly partLengths: readonly number[];
}

/** One search in a gallery, with its truth. */
export interface OpenSetProbe {
  readonly person: string;
  readonly enrolled: boolean;
  /** Distance of the nearest person and of the next one. */
  readonly distance: number;
  readonly next: number | null;
  readonly nearestPerson: string;
  /** Whether the nearest person is the right one. */
  readonly right: boolean;
  /** Which gallery was searched: those of one number hold the same people. */
  readonly trial: number;
  /** Position of the searched face and of the nearest enrolled face in the list of all faces. */
  readonly face: number;
  readonly nearestFace: number;
}

/**
 * Searches of enrolled people and of strangers in galleries of random people (ISO/IEC 19795-1, open-set
 * identification). Only people with two faces or more are enrolled: one face at least must be left to search with.
 * requires  galleryPeople >= 1 and fewer than all people with two faces or more, facesPerPerson >= 1, trials >= 1
 * throws    RangeError when there are too few such people
 */
export function* openSetProbes(
  faces: readonly LabelledEmbedding[],
  plan: OpenSetPlan,
): Steps<readonly OpenSetProbe[]> {
  const byPerson = groupedBy(
    faces.map((_, i) => i),
    (face) => faces[face]!.person,
  );
  const eligible = [...byPerson.values()].filter((own) => own.length >= 2);
  if (eligible.length < plan.galleryPeople || byPerson.size <= plan.galleryPeople) {
    throw new RangeError(
      `Expected at least ${plan.galleryPeople} people with two faces or more, and one person besides, ` +
        `but received ${eligible.length} of ${byPerson.size} people`,
    );
  }
  const random = createRandom(plan.seed);
  const probes: OpenSetProbe[] = [];
  for (let trial = 0; trial < plan.trials; trial++) {
    const chosen = shuffled(eligible, random).slice(0, plan.galleryPeople);
    const enrolled = chosen.flatMap((own) =>
      shuffled(own, random).slice(0, Math.min(plan.facesPerPerson, own.length - 1)),
    );
    const people = new Set(chosen.map((own) => faces[own[0]!]!.person));
    const inGallery = new Set(enrolled);
    const rows = rowsOf(faces, enrolled, plan.partLengths);
    for (const face of faces.keys()) {
      if (inGallery.has(face)) continue;
      probes.push({ ...probeOf(faces, rows, face, people), trial });
      yield;
    }
  }
  return probes;
}

/**
 * Faces searched among the faces of all other people: everybody a stranger to a gallery of all the rest. Every face
 * once, or `most` of them, drawn at random: the work grows with their number times all faces.
 * requires  faces of at least two people, most >= 1
 */
export function* strangerProbes(
  faces: readonly LabelledEmbedding[],
  partLengths: readonly number[],
  most = Number.POSITIVE_INFINITY,
): Steps<readonly OpenSetProbe[]> {
  const all = faces.map((_, i) => i);
  const searched = all.length <= most ? all : shuffled(all, createRandom(STRANGER_SEED)).slice(0, most);
  const rows = rowsOf(faces, all, partLengths);
  const probes: OpenSetProbe[] = [];
  for (const face of searched) {
    const others = rows.filter(({ person }) => person !== faces[face]!.person);
    probes.push({ ...probeOf(faces, others, face, new Set()), trial: 0 });
    yield;
  }
  return probes;
}

const STRANGER_SEED = 1;

/** What a gallery compares with: the faces, and for each person with several what they have in common. */
interface GalleryRow {
  readonly person: string;
  readonly embedding: Float32Array;
  /** Position in the list of all faces; null for a mean. */
  readonly face: number | null;
}

function rowsOf(
  faces: readonly LabelledEmbedding[],
  enrolled: readonly number[],
  partLengths: readonly number[],
): readonly GalleryRow[] {
  const rows: GalleryRow[] = enrolled.map((face) => ({ ...faces[face]!, face }));
  for (const [person, own] of groupedBy(rows, (row) => row.person)) {
    const embedding = personMean(
      own.map((row) => row.embedding),
      partLengths,
    );
    if (embedding) rows.push({ person, embedding, face: null });
  }
  return rows;
}

function probeOf(
  faces: readonly LabelledEmbedding[],
  rows: readonly GalleryRow[],
  face: number,
  people: ReadonlySet<string>,
): Omit<OpenSetProbe, 'trial'> {
  const { person, embedding } = faces[face]!;
  let nearest: GalleryRow | null = null;
  let least = Number.POSITIVE_INFINITY;
  let next = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const squares = squaredDistance(embedding, row.embedding, next);
    if (squares >= next) continue;
    const samePerson = nearest?.person === row.person;
    if (squares < least) {
      if (!samePerson) next = least;
      nearest = row;
      least = squares;
    } else if (!samePerson) next = squares;
  }
  return {
    person,
    enrolled: people.has(person),
    distance: Math.sqrt(least),
    next: Number.isFinite(next) ? Math.sqrt(next) : null,
    nearestPerson: nearest?.person ?? '',
    right: nearest?.person === person,
    face,
    nearestFace: nearest?.face ?? nearestFaceOf(rows, nearest, embedding),
  };
}

/** Of a person whose mean is nearest the nearest face; -1 for nobody. */
function nearestFaceOf(
  rows: readonly GalleryRow[],
  mean: GalleryRow | null,
  embedding: Float32Array,
): number {
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.face === null || row.person !== mean?.person) continue;
    const squares = squaredDistance(embedding, row.embedding, least);
    if (squares >= least) continue;
    nearest = row.face;
    least = squares;
  }
  return nearest;
}

/** Stops where the sum has passed `limit`: such a face is nobody's nearest. */
function squaredDistance(a: Float32Array, b: Float32Array, limit: number): number {
  let sum = 0;
  for (let start = 0; start < a.length && sum < limit; start += 32) {
    const end = Math.min(start + 32, a.length);
    for (let i = start; i < end; i++) {
      const difference = a[i]! - b[i]!;
      sum += difference * difference;
    }
  }
  return sum;
}

export interface OpenSetRates {
  readonly threshold: number;
  /** Strangers who are named (FPIR). */
  readonly strangersNamed: Share;
  /** Enrolled people who are not named, or not by their name (FNIR). */
  readonly enrolledMissed: Share;
  /** Of the enrolled, those who get another one's name. */
  readonly enrolledMistaken: Share;
}

/** The rates of identification by these rules. */
export function openSetRates(
  probes: readonly OpenSetProbe[],
  threshold: number,
  margin: number,
): OpenSetRates {
  const named = (probe: OpenSetProbe): boolean =>
    decide(probe.distance, probe.next, threshold, margin) === 'match';
  const strangers = probes.filter(({ enrolled }) => !enrolled);
  const enrolled = probes.filter((probe) => probe.enrolled);
  return {
    threshold,
    strangersNamed: shareNamed(strangers, named, searchesOfEach(probes)),
    enrolledMissed: shareOf(enrolled, (probe) => !(named(probe) && probe.right)),
    enrolledMistaken: shareOf(enrolled, (probe) => named(probe) && !probe.right),
  };
}

/**
 * The largest measured distance at which no more than that share of these strangers is named, even without a margin;
 * 0 and null as thresholdForFalseMatchRate.
 */
export function thresholdForStrangersNamed(probes: readonly OpenSetProbe[], rate: number): number | null {
  const searches = probes.map(({ enrolled, distance }) => ({ same: enrolled, distance }));
  return thresholdForFalseMatchRate(distanceSamples(searches), rate);
}

/** The rates without bounds. */
export interface OpenSetPoint {
  readonly threshold: number;
  readonly strangersNamed: number;
  readonly enrolledMissed: number;
}

/** What openSetRates counts, at each of the thresholds. */
export function* openSetCurve(
  probes: readonly OpenSetProbe[],
  thresholds: readonly number[],
  margin: number,
): Steps<readonly OpenSetPoint[]> {
  const points: OpenSetPoint[] = [];
  for (const threshold of thresholds) {
    points.push(openSetPoint(probes, threshold, margin));
    yield;
  }
  return points;
}

function openSetPoint(probes: readonly OpenSetProbe[], threshold: number, margin: number): OpenSetPoint {
  const counts = { strangers: 0, strangersNamed: 0, enrolled: 0, enrolledMissed: 0 };
  for (const { enrolled, right, distance, next } of probes) {
    const named = decide(distance, next, threshold, margin) === 'match';
    if (enrolled) {
      counts.enrolled++;
      if (!(named && right)) counts.enrolledMissed++;
    } else {
      counts.strangers++;
      if (named) counts.strangersNamed++;
    }
  }
  return {
    threshold,
    strangersNamed: counts.strangersNamed / counts.strangers,
    enrolledMissed: counts.enrolledMissed / counts.enrolled,
  };
}

/** For each enrolled person its part of the strangers' searches: all the enrolled of a gallery are met by each. */
function searchesOfEach(probes: readonly OpenSetProbe[]): ReadonlyMap<string, number> {
  const searches = new Map<string, number>();
  for (const inTrial of groupedBy(probes, ({ trial }) => trial).values()) {
    const strangers = inTrial.filter(({ enrolled }) => !enrolled);
    const enrolled = inTrial.filter((probe) => probe.enrolled);
    // Where everybody is searched among all others, everybody is enrolled too.
    const people = new Set((enrolled.length > 0 ? enrolled : strangers).map(({ person }) => person));
    for (const person of people) {
      searches.set(person, (searches.get(person) ?? 0) + strangers.length / people.size);
    }
  }
  return searches;
}
