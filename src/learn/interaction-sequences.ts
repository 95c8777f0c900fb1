/**
 * Interactions as the learning wing sees them: users and items are dense indices, each user's items stand together in
 * time order (compressed rows).
 *
 * User `u` has the items `items[offsets[u]] … items[offsets[u + 1] - 1]`, oldest first.
 */
export interface InteractionSequences {
  readonly userCount: number;
  readonly itemCount: number;
  /** `[userCount + 1]`, ascending, first 0, last `items.length`. */
  readonly offsets: Int32Array;
  /** `[interactions]`, each in [0, itemCount). */
  readonly items: Int32Array;
  /** `[interactions]`, milliseconds since the epoch; null where only the order is known. */
  readonly timesMs: Float64Array | null;
}

/** Histories to score for, one a row; a history may be empty. */
export interface HistoryBatch {
  /** Item indices in [0, itemCount), oldest first. */
  readonly histories: readonly Int32Array[];
  /** Beside each history its times; null where the data has none. */
  readonly timesMs: readonly Float64Array[] | null;
  /** When each request is made (in evaluation: the target's time); null where the data has no times. */
  readonly requestTimesMs: Float64Array | null;
}

/**
 * Whatever can score every item for a history: a neural model, a baseline, a served artifact.
 */
export interface Ranker {
  /** As it stands in reports, for example `SASRec` or `first-order Markov`. */
  readonly name: string;
  readonly itemCount: number;
  /**
   * Scores of all items, row-major `[histories, itemCount]`; higher is better, any scale. The array is the caller's
   * to change.
   */
  score(batch: HistoryBatch): Promise<Float32Array>;
}
