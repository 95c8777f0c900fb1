/**
 * An imported data set: interactions with their external ids, ready for training, evaluation and serving.
 *
 * Structurally an `InteractionSequences` of the learning wing (which knows no ids), so `app/` passes it on as it is.
 */
export interface InteractionDataset {
  readonly name: string;
  /** SHA-256 (hex) over the interactions and ids: two imports of the same rows have the same fingerprint. */
  readonly fingerprint: string;
  readonly userCount: number;
  readonly itemCount: number;
  /** External user id of each user index. */
  readonly userIds: readonly string[];
  /** External item id of each item index. */
  readonly itemIds: readonly string[];
  /** `[userCount + 1]`: user `u` owns rows `offsets[u]` to `offsets[u + 1] - 1`, oldest first. */
  readonly offsets: Int32Array;
  /** `[interactions]`, item index. */
  readonly items: Int32Array;
  /** `[interactions]`, milliseconds since the epoch; null where the source gives only an order. */
  readonly timesMs: Float64Array | null;
  /** Title of each item index, null where it has none; absent where the source has no titles at all. */
  readonly itemTitles?: readonly (string | null)[];
}
