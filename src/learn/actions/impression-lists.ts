/**
 * Pages that people were shown: lists of candidates with what came of each. List `i` has the places
 * `offsets[i] … offsets[i + 1] − 1`. Beside {@link ActionSequences} and a {@link SubjectTable}, whose indices it uses.
 */
export interface ImpressionLists {
  readonly listCount: number;
  /** `[listCount + 1]`, ascending, first 0. Lists stand in order of user, then time. */
  readonly offsets: Int32Array;
  /** `[listCount]`, whose page it is. */
  readonly users: Int32Array;
  /** `[listCount]`, when the page was asked for, milliseconds since the epoch. */
  readonly timesMs: Float64Array;
  /** `[listCount]`, codes of `ActionVocabulary.surfaces`. */
  readonly surfaces: Uint8Array;
  /** `[listCount]`, index into `ActionSequences.queryTexts`; −1 where the page answers no query. */
  readonly queries: Int32Array;
  /**
   * `[listCount]`, how many of the user's actions the platform knew when the page was asked for: the history that a model
   * may see is `actions[offsets[user]] … actions[offsets[user] + visible − 1]`.
   */
  readonly visible: Int32Array;
  /** `[places]`, indices into the subject table. */
  readonly subjects: Int32Array;
  /** `[places]`, place on the page from 0. */
  readonly positions: Uint16Array;
  /** `[places]`, probability with which the logging policy showed it there; NaN where not logged. */
  readonly propensities: Float32Array;
}

/**
 * Outcomes of the places by task, `[places]` each: 1, 0, NaN where a place does not have the task; another number where an
 * outcome that may still come is corrected for (see `data/actions`: the label of an observed conversion is 1 / F(elapsed)).
 */
export type TaskLabels = Readonly<Record<string, Float32Array>>;
