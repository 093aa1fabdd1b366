/**
 * Where everything lies in the memory of one block of rows; addresses in bytes.
 *
 *   queries | chunk 0 | chunk 1 | ...
 *   chunk:    codes of its rows | their bounds | their embeddings
 *
 * The codes of a chunk lie together, so that a scan reads nothing else; the memory grows by chunks, without anything being
 * moved.
 *
 *   embedding  `paddedLength` float32, those after the embedding's length zero
 *   codes      the embedding as `paddedLength` int8, see quantize.ts
 *   bounds     of four rows each: 4 scales, 4 bases, 4 errors, all float32, see lower-bound.ts
 */

/** How many queries a scan compares with at once. */
export const QUERIES: u32 = 32;
const ROWS_OF_BOUNDS: u32 = 4;
const BOUNDS_BYTES: u32 = 48;
/** From a row's scale to its base, and from there to its error; of a query's terms likewise. */
export const NEXT: usize = 16;
/** Codes side by side: at every gap between them the processor's prefetching starts anew (128 KiB each: 20 % slower). */
const CHUNK_CODES_BYTES: u32 = 4194304;
/** Codes that one step of a scan compares with all queries: they stay in a core's cache from one query to the next. */
const STEP_CODES_BYTES: u32 = 131072;

/** A multiple of 16 numbers: what the scans take in one step. */
export let paddedLength: u32 = 0;
/** Whether rows have codes and bounds, or only embeddings. */
export let coded: bool = false;
/** A chunk has 1 << chunkShift rows, a step 1 << stepShift. */
let chunkShift: u32 = 0;
let stepShift: u32 = 0;
let chunkBytes: u32 = 0;
let firstChunk: usize = 0;

/** requires  1 <= length <= 65536; called once, before anything else */
export function configure(length: u32, withCodes: bool): void {
  paddedLength = (length + 15) & ~15;
  coded = withCodes;
  chunkShift = 31 - clz(CHUNK_CODES_BYTES / paddedLength);
  stepShift = max(2, 31 - clz(STEP_CODES_BYTES / paddedLength));
  const bytesOfRow = withCodes ? paddedLength * 5 + BOUNDS_BYTES / ROWS_OF_BOUNDS : paddedLength * 4;
  chunkBytes = bytesOfRow << chunkShift;
  firstChunk = queryEmbedding(QUERIES);
}

/** How many rows one step of a scan takes: a multiple of 4 that divides a chunk. */
export function rowsOfStep(): u32 {
  return 1 << stepShift;
}

/** How many rows fit into so many bytes of memory. */
export function rowsWithin(bytes: u32): u32 {
  return ((bytes - <u32>firstChunk) / chunkBytes) << chunkShift;
}

/** Bytes of memory for so many rows. */
export function bytesFor(rows: u32): u32 {
  return <u32>firstChunk + ((rows + (1 << chunkShift) - 1) >> chunkShift) * chunkBytes;
}

export function codesOf(row: u32): usize {
  return chunkOf(row) + inChunk(row) * paddedLength;
}

/** The row's scale; its base and error follow, `NEXT` bytes apart. Of a row whose number is a multiple of 4: those of four rows. */
export function boundsOf(row: u32): usize {
  const group = inChunk(row) / ROWS_OF_BOUNDS;
  return chunkOf(row) + (paddedLength << chunkShift) + group * BOUNDS_BYTES + (row % ROWS_OF_BOUNDS) * 4;
}

export function embeddingOf(row: u32): usize {
  const before = coded ? (paddedLength + BOUNDS_BYTES / ROWS_OF_BOUNDS) << chunkShift : 0;
  return chunkOf(row) + before + inChunk(row) * paddedLength * 4;
}

function chunkOf(row: u32): usize {
  return firstChunk + (row >> chunkShift) * chunkBytes;
}

function inChunk(row: u32): u32 {
  return row & ((1 << chunkShift) - 1);
}

const TERMS_BYTES: u32 = 128;

/**
 * What lower-bound.ts keeps of a query, its factor first; base, slope and ceiling follow, `NEXT` bytes apart. Of a query
 * whose number is a multiple of 4: those of four queries.
 */
export function termsOf(query: u32): usize {
  return queriesStart() + (query / 4) * TERMS_BYTES + (query % 4) * 4;
}

/** float64: the square of the length of a query's decoded codes; 32 bytes on, the error of its codes. */
export function exactTermsOf(query: u32): usize {
  return queriesStart() + (query / 4) * TERMS_BYTES + 64 + (query % 4) * 8;
}

/** int16 */
export function queryCodes(query: u32): usize {
  return queriesStart() + (QUERIES / 4) * TERMS_BYTES + query * paddedLength * 2;
}

/** float32 */
export function queryEmbedding(query: u32): usize {
  return queryCodes(QUERIES) + query * paddedLength * 4;
}

function queriesStart(): usize {
  return (__heap_base + 63) & ~63;
}
