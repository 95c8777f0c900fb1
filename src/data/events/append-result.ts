/** Why a log turned an event away. */
export type AppendRejection = 'duplicate' | 'too-late' | 'in-future';

/** What became of a batch. */
export interface AppendResult {
  /** Events stored. They have the offsets `nextOffset - accepted` to `nextOffset - 1`. */
  readonly accepted: number;
  /** Offset after the last event stored. */
  readonly nextOffset: number;
  /** Those that were not stored, by their index in the batch, in rising order. */
  readonly rejected: readonly { readonly index: number; readonly reason: AppendRejection }[];
}
