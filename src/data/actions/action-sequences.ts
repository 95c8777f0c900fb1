/** The names behind the codes of {@link ActionSequences}, a {@link SubjectTable} and `ImpressionPages`. */
export interface ActionVocabulary {
  /** Actions that are tokens, in order of their code. */
  readonly actions: readonly string[];
  /** Parts of the app that actions belong to. */
  readonly domains: readonly string[];
  /** `[actions]`, the domain of each action. */
  readonly domainOfAction: Uint8Array;
  /** The first is `''`, none; at most 255. */
  readonly surfaces: readonly string[];
  /** Kinds of subject. */
  readonly kinds: readonly string[];
}

/**
 * What people did, a token an action: compressed rows. User `u` did the actions `offsets[u] … offsets[u + 1] − 1`, in the order in
 * which the platform came to know of them, so that **what was known at a moment is a prefix**; those received in one millisecond by
 * the sender's time, then as they stand in the log. All columns are `[actions]` but `offsets`.
 *
 * Structurally the `ActionSequences` of the learning wing.
 */
export interface ActionSequences {
  readonly vocabulary: ActionVocabulary;
  readonly userCount: number;
  /** `[userCount + 1]`, ascending, first 0. */
  readonly offsets: Int32Array;
  /** Index into the {@link SubjectTable}; −1 for none. */
  readonly subjects: Int32Array;
  /** Codes of `vocabulary.actions`. */
  readonly actions: Uint8Array;
  /** Codes of `vocabulary.surfaces`. */
  readonly surfaces: Uint8Array;
  /**
   * Milliseconds since the epoch, never falling within a user: the sender's time, but no later than it was received and no earlier
   * than the action before it.
   */
  readonly timesMs: Float64Array;
  /** Seconds of a `dwell`, units of money of an order, a trade, a deposit or a withdrawal; NaN for everything else. */
  readonly values: Float32Array;
  /** Index into {@link queryTexts} of what was typed; −1 for nothing. */
  readonly queries: Int32Array;
  /** Distinct texts of queries, in order of their first appearance in the log. */
  readonly queryTexts: readonly string[];
}

/** Lists of whole numbers of any lengths: list `i` is `values[offsets[i]] … values[offsets[i + 1] − 1]`. */
export interface RaggedIndices {
  /** `[lists + 1]`, ascending, first 0. */
  readonly offsets: Int32Array;
  readonly values: Int32Array;
}

/**
 * What everything else counts on, beyond the tokens: all that people did but seeing, sessions among it, with both clocks. Compressed
 * rows in the order of {@link ActionSequences}; all columns are `[count]` but `offsets`.
 */
export interface Happenings {
  readonly count: number;
  /** `[users + 1]`. */
  readonly offsets: Int32Array;
  /** −1 for none. */
  readonly subjects: Int32Array;
  /** Index of the page that it names as its request; −1 for none, or one without an impression. */
  readonly lists: Int32Array;
  /** Places of actions in `EVENT_ACTIONS`. */
  readonly actions: Uint8Array;
  /** When it happened: the sender's time, but no later than it was received. */
  readonly happenedMs: Float64Array;
  /** When the platform came to know of it. */
  readonly receivedMs: Float64Array;
  /** As in {@link ActionSequences}. */
  readonly values: Float32Array;
}
