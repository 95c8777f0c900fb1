/**
 * Pages that people were shown. Page `i` has the places `offsets[i] … offsets[i + 1] − 1`; pages stand in order of user, then time.
 *
 * Structurally the `ImpressionLists` of the learning wing, with what labels need beside it ({@link seenMs}, {@link knownMs}).
 */
export interface ImpressionPages {
  readonly listCount: number;
  /** `[listCount + 1]`, ascending, first 0. */
  readonly offsets: Int32Array;
  /** `[listCount]`, whose page it is. */
  readonly users: Int32Array;
  /**
   * `[listCount]`, when the page was asked for, as near as a log tells: the earliest moment, on the sender's clock or on ours, of any
   * event that names its request. Nothing that was done on the page, nor the query that it answers, lies before it.
   */
  readonly timesMs: Float64Array;
  /** `[listCount]`, surface of its first impression. */
  readonly surfaces: Uint8Array;
  /** `[listCount]`, index into `ActionSequences.queryTexts`: the first query that names the same request; −1 for none. */
  readonly queries: Int32Array;
  /** `[listCount]`, how many of the user's tokens were received before the page was asked for. */
  readonly visible: Int32Array;
  /** `[places]`, indices into the subject table; no page has one twice. */
  readonly subjects: Int32Array;
  /** `[places]`, place on the page from 0, ascending within a page. */
  readonly positions: Uint16Array;
  /** `[places]`, NaN where not logged. */
  readonly propensities: Float32Array;
  /** `[places]`, when it was seen: the impression's time on the sender's clock, but no later than it was received. */
  readonly seenMs: Float64Array;
  /** `[places]`, when the platform came to know that it was seen. */
  readonly knownMs: Float64Array;
}
