/** Why a row was set aside. Stable: they stand in `manifest.json` and `rejects.jsonl`. */
export const REJECT_REASONS = [
  /** More or fewer fields than the header (or the format) has. */
  'column-count',
  /** The user id is empty, `null`, `none` or `\N`. */
  'missing-user',
  /** The item id is empty, `null`, `none` or `\N`. */
  'missing-item',
  /** The user or item id is longer than `ID_LENGTH_MAX` characters. */
  'id-too-long',
  /** The time or the position is empty or null. */
  'missing-time',
  /**
   * The time is neither a number nor ISO 8601, lies outside the years 1 to 9999, or is a number of another unit than the
   * one detected.
   */
  'unreadable-time',
  /** The time has not come yet (imports of events only: a log that believed it would refuse what happens until then). */
  'future-time',
  /** The position is not a finite number. */
  'unreadable-position',
  /** An id, a time, a position or a value is `NaN`. */
  'not-a-number',
  /** The value (a rating, a weight) is not a finite number. */
  'unreadable-value',
  /** An id's bytes are not valid UTF-8. */
  'invalid-encoding',
  /** A quote is never closed, or text follows a closing quote. */
  'broken-quotes',
  /** The record is longer than `maximumRecordBytes`. */
  'line-too-long',
  /** The line is not a JSON object. */
  'invalid-json',
  /** An earlier row has the same user, item, time (or position) and event. */
  'duplicate',
] as const;

/** One of {@link REJECT_REASONS}. */
export type RejectReason = (typeof REJECT_REASONS)[number];
