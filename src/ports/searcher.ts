/** Something a person is compared by: a photo, or the mean of several. */
export interface SearchRow {
  readonly personId: string;
  readonly embedding: Float32Array;
}

/** A person and the distance of its nearest row. */
export interface PersonDistance {
  readonly personId: string;
  readonly distance: number;
}

export interface SearchOptions {
  /** Only these people are looked for, by id; default: everybody. Ids of nobody do no harm. */
  readonly among?: ReadonlySet<string> | undefined;
}

/** Finds the nearest people; exact, never approximate: an enrolled person is never missed. */
export interface Searcher {
  /** How many people can be found. */
  readonly peopleCount: number;
  /** How many rows they have together. */
  readonly rowCount: number;
  /**
   * requires  embedding of the length the searcher was built for; k >= 1
   * ensures   at most k people, nearest first, each once with the Euclidean distance of its nearest row; ties by id
   * throws    RangeError for an embedding of another length
   */
  search(embedding: Float32Array, k: number, options?: SearchOptions): readonly PersonDistance[];
  /** What `search` finds for each of the embeddings; faster than one after the other. */
  searchBatch(
    embeddings: readonly Float32Array[],
    k: number,
    options?: SearchOptions,
  ): readonly (readonly PersonDistance[])[];
}
