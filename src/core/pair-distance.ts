/** Two faces, how far they are apart, and whether they are of one person. */
export interface PairDistance {
  /** null: one of the pictures gave no face, so there is nothing to compare. */
  readonly distance: number | null;
  readonly same: boolean;
}
