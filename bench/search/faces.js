// Made-up embeddings that lie as dlib's do: what all have in common, what a person is, what a photo adds. Some directions
// count for more than others. Norm about 1.4; a person's photos are about 0.35 apart, strangers about 0.9.
const COMMON = 1.25;
const PERSON = 0.6;
const PHOTO = 0.25;

export const FACES_OF_A_PERSON = 5;

/** The same faces for the same seed. `fill` writes a gallery row by row, `query` makes one more photo. */
export function madeUpFaces(length, seed = 1) {
  const random = randomNumbers(seed);
  const spectrum = unit(Float64Array.from({ length }, (_, i) => 1 / Math.sqrt(i + 10)));
  const common = unit(Float64Array.from({ length }, () => normal(random)));
  const personCentre = (of) =>
    Float64Array.from({ length }, (_, i) => COMMON * common[i] + PERSON * spectrum[i] * normal(of));
  const photo = (centre, to) => {
    for (let i = 0; i < length; i++) to[i] = centre[i] + PHOTO * spectrum[i] * normal(random);
    return to;
  };
  return {
    fill(numbers) {
      const people = numbers.length / length / FACES_OF_A_PERSON;
      for (let person = 0; person < people; person++) {
        const centre = personCentre(randomNumbers(1000 + person));
        for (let face = 0; face < FACES_OF_A_PERSON; face++) {
          const at = (person * FACES_OF_A_PERSON + face) * length;
          photo(centre, numbers.subarray(at, at + length));
        }
      }
    },
    /** Another photo of that person of the gallery; of a stranger for a person beyond it. */
    query: (person) => photo(personCentre(randomNumbers(1000 + person)), new Float32Array(length)),
  };
}

function unit(vector) {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

/** Nearly normal, of variance 1. */
function normal(random) {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}

/** 0 to 1 (mulberry32). */
function randomNumbers(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
