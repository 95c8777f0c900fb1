import type { ItemScoring } from '../nn/similarity.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** What every sequence encoder is given. Padding stands on the right. */
export interface SequenceInputs {
  /** int32 `[batch, length]`: 0 for padding, item index + 1 otherwise. */
  readonly items: Tensor;
  /**
   * int32 `[batch, length + 1]`, or null where the data has no times: seconds since the row's first event. Entry i is
   * when event i happened, the one after a row's last event is when the request is made.
   */
  readonly seconds: Tensor | null;
}

/** What an encoder returns: a state for each position and the table to score it against. */
export interface EncodedSequence {
  /** `[batch, length, dim]`; position i knows items 0 … i. */
  readonly hidden: Tensor;
  /** `[itemCount + 1, dim]`, row 0 is padding. */
  readonly table: Tensor;
  readonly scoring: ItemScoring;
}
