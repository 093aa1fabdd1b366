/**
 * Long work in pieces: each `yield` is a place where whoever runs it may pause or give it up. The result is the same
 * however often that is.
 */
export type Steps<Result> = Generator<void, Result, void>;
