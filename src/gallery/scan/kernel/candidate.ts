import { setLimit } from './lower-bound';

/** Given from outside: compares the row exactly; the answer is how far a row may be from now on and still matter. */
declare function candidate(query: u32, row: u32): f64;

export function offer(query: u32, row: u32): void {
  setLimit(query, candidate(query, row));
}
