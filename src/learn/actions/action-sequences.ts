/** The names behind the codes of a data set. Code 0 of surfaces stands for none. */
export interface ActionVocabulary {
  /** What can be done: `click`, `query`, `trade-filled`, …; at most 254. */
  readonly actions: readonly string[];
  /** `content`, `feature`, `search`, …: parts of the app that actions belong to. */
  readonly domains: readonly string[];
  /** `[actions]`, the domain of each action. */
  readonly domainOfAction: Uint8Array;
  /** Where it happens: the first is `''`, none; at most 255. */
  readonly surfaces: readonly string[];
  /** `content`, `feature`, `instrument`, …: kinds of subject. */
  readonly kinds: readonly string[];
}

/**
 * What people did in all domains, as the learning wing sees it: users and subjects are dense indices, each user's actions
 * stand together in the order in which they were known (compressed rows).
 *
 * User `u` did the actions `offsets[u] … offsets[u + 1] − 1`, the oldest first. All columns are `[actions]` but `offsets`.
 */
export interface ActionSequences {
  readonly vocabulary: ActionVocabulary;
  readonly userCount: number;
  /** `[userCount + 1]`, ascending, first 0. */
  readonly offsets: Int32Array;
  /** Index into the {@link SubjectTable}; −1 where an action is about nothing (a query). */
  readonly subjects: Int32Array;
  /** Codes of `vocabulary.actions`. */
  readonly actions: Uint8Array;
  /** Codes of `vocabulary.surfaces`. */
  readonly surfaces: Uint8Array;
  /** Milliseconds since the epoch; never falls within a user. */
  readonly timesMs: Float64Array;
  /** Size of the action in its own unit, 0 or more: seconds of dwell, units of money; NaN where it has none. */
  readonly values: Float32Array;
  /** Index into {@link queryTexts}; −1 where nothing was typed. */
  readonly queries: Int32Array;
  /** Distinct texts of queries. */
  readonly queryTexts: readonly string[];
}

/** Lists of whole numbers of any lengths: list `i` is `values[offsets[i]] … values[offsets[i + 1] − 1]`. */
export interface RaggedIndices {
  /** `[lists + 1]`, ascending, first 0. */
  readonly offsets: Int32Array;
  readonly values: Int32Array;
}

/** What is known of subjects beside what was done with them. All columns are `[count]`. */
export interface SubjectTable {
  readonly count: number;
  /** What each is called outside (`content:p17`), unique: outlives the numbering of this table. */
  readonly keys: readonly string[];
  /** Codes of `ActionVocabulary.kinds`. */
  readonly kinds: Uint8Array;
  /** Title, text: what hashed n-grams are made of. */
  readonly texts: readonly string[];
  /** Index of the author, dense from 0; −1 for none. */
  readonly authors: Int32Array;
  /** Names behind {@link authors}. */
  readonly authorIds: readonly string[];
  /** Names behind {@link tags}. */
  readonly tagNames: readonly string[];
  /** Tags of each subject, indices into {@link tagNames}. */
  readonly tags: RaggedIndices;
  /** Subjects that each is about (the instruments that a post mentions), indices into this table. */
  readonly mentions: RaggedIndices;
  /** When it came to be, milliseconds since the epoch; NaN where unknown. */
  readonly createdMs: Float64Array;
  /** A vector made elsewhere, `[count, dimension]` row-major, in place of text; null where there is none. */
  readonly embeddings: { readonly dimension: number; readonly values: Float32Array } | null;
}

/** One list of many, a view. */
export function valuesOf({ offsets, values }: RaggedIndices, at: number): Int32Array {
  return values.subarray(offsets[at]!, offsets[at + 1]!);
}
