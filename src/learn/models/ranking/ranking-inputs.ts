import type { Tensor } from '../../tensor/tensor.ts';

/**
 * Symbolic inputs of a ranking model. A row is a stretch of one user's history with candidates of one or several of
 * their pages: the history is encoded once, each candidate sees as much of it as was known when its page was asked for.
 *
 * Subjects are local: `subjectVectors` holds those of the batch, row 0 the padding's (zeros).
 */
export interface RankingInputs {
  /** float32 `[subjects + 1, dim]`, made by `subjectVectors` or, when serving, fed ready. */
  readonly subjectVectors: Tensor;
  /** float32 `[queries + 1, dim]`, row 0 (no query) zeros. */
  readonly queryVectors: Tensor;
  readonly history: ActionInputs;
  readonly candidates: CandidateInputs;
}

/** Actions of the histories; padding stands on the right and is 0 in every input. */
export interface ActionInputs {
  /** int32 `[batch, length]`, rows of `subjectVectors`; 0 for none and for padding. */
  readonly subjects: Tensor;
  /** int32 `[batch, length]`, action code + 1; 0 for padding. */
  readonly actions: Tensor;
  /** int32 `[batch, length]`, surface code. */
  readonly surfaces: Tensor;
  /** int32 `[batch, length]`, rows of `queryVectors`. */
  readonly queries: Tensor;
  /** float32 `[batch, length]`, log1p of the action's value over its action's typical one; 0 where there is none. */
  readonly values: Tensor;
  /** int32 `[batch, length]`, seconds since the row's first action. */
  readonly seconds: Tensor;
}

/** Candidates of the pages; padding stands on the right. */
export interface CandidateInputs {
  /** int32 `[batch, candidates]`, rows of `subjectVectors`; 0 for padding. */
  readonly subjects: Tensor;
  /** int32 `[batch, candidates]`, surface of the page. */
  readonly surfaces: Tensor;
  /** int32 `[batch, candidates]`, the query that the page answers, rows of `queryVectors`. */
  readonly queries: Tensor;
  /** int32 `[batch, candidates]`, how many actions of the row's history it may see, 0 … length. */
  readonly visible: Tensor;
  /** int32 `[batch, candidates]`, when the page was asked for, seconds since the row's first action. */
  readonly seconds: Tensor;
}

/**
 * What every ranking encoder is: a representation of each candidate in the light of its user's history,
 * `[batch, candidates, dim]`. A candidate's depends on the history and on itself, never on its company.
 */
export type CandidateEncoder = (inputs: RankingInputs) => Tensor;
