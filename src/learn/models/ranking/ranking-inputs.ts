import { denseFeatureCount } from '../../actions/dense-features.ts';
import { momentFeatureCount } from '../../actions/moment-features.ts';
import { input } from '../../tensor/leaf.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/**
 * Symbolic inputs of a ranking model. A row is a stretch of one user's history with candidates of one or several of
 * their pages: the history is encoded once, each candidate sees as much of it as was known when its page was asked for.
 *
 * Subjects and queries are numbered within the batch; 0 is none. `rankingFeeds` fills them.
 */
export interface RankingInputs {
  readonly history: ActionInputs;
  readonly candidates: CandidateInputs;
  readonly pages: PageInputs;
  /** int32 `[examples]`, cells of `[batch, candidates]` that hold a candidate. */
  readonly examples: Tensor;
}

/** What all candidates of a page share, told once a page: padding stands on the right. */
export interface PageInputs {
  /** int32 `[batch, pages]`, how many actions of the row's history the page may see. */
  readonly visible: Tensor;
  /** int32 `[batch, pages]`, when it was asked for, seconds since the row's first action. */
  readonly seconds: Tensor;
  /** float32 `[batch, pages, momentFeatureCount]`, what the user is like when it is asked for: `momentReader`. */
  readonly moments: Tensor;
  /** int32 `[batch, candidates]`, cells of `[batch, pages]`: the page of each candidate; that of padding is any. */
  readonly of: Tensor;
}

/** Actions of the histories, the oldest first; padding stands on the right and is 0 in every input. */
export interface ActionInputs {
  /** int32 `[batch, length]`, subjects of the batch; 0 for none and for padding. */
  readonly subjects: Tensor;
  /** int32 `[batch, length]`, action code + 1; 0 for padding. */
  readonly actions: Tensor;
  /** int32 `[batch, length]`, surface code. */
  readonly surfaces: Tensor;
  /** int32 `[batch, length]`, queries of the batch. */
  readonly queries: Tensor;
  /** int32 `[batch, length]`, bucket of the time since the action before. */
  readonly gaps: Tensor;
  /** float32 `[batch, length]`, log(1 + value / the action's typical one); 0 where there is none. */
  readonly values: Tensor;
  /** int32 `[batch, length]`, seconds since the row's first action. */
  readonly seconds: Tensor;
}

/** What the token of an action is made of. */
export type TokenInputs = Omit<ActionInputs, 'seconds'>;

/** Candidates of the pages; padding stands on the right. */
export interface CandidateInputs {
  /** int32 `[batch, candidates]`, subjects of the batch; 0 for padding. */
  readonly subjects: Tensor;
  /** int32 `[batch, candidates]`, surface of the page. */
  readonly surfaces: Tensor;
  /** int32 `[batch, candidates]`, the query that the page answers. */
  readonly queries: Tensor;
  /** int32 `[batch, candidates]`, bucket of the time since the user's last action. */
  readonly gaps: Tensor;
  /** float32 `[batch, candidates, denseFeatureCount]`, what it has in common with the history, its age: `denseReader`. */
  readonly dense: Tensor;
  /** int32 `[batch, candidates]`, how many actions of the row's history it may see, 0 … length. */
  readonly visible: Tensor;
  /** int32 `[batch, candidates]`, when the page was asked for, seconds since the row's first action. */
  readonly seconds: Tensor;
  /** int32 `[batch, candidates]`, which page of the row it is on, from 1; 0 for padding. */
  readonly lists: Tensor;
}

/** What encoders work on: {@link RankingInputs} embedded. */
export interface EmbeddedRanking {
  /** `[batch, length, dim]`. */
  readonly actions: Tensor;
  /** `[batch, candidates, dim]`. */
  readonly candidates: Tensor;
  /** int32 `[batch, length]`, seconds since the row's first action. */
  readonly actionSeconds: Tensor;
  /** int32 `[batch, candidates]`. */
  readonly candidateSeconds: Tensor;
  /** int32 `[batch, candidates]`, how many actions each candidate may see, the oldest first. */
  readonly visible: Tensor;
  /** The same by page; null where candidates come without pages. */
  readonly pages?: PageInputs | null;
}

/**
 * What every encoder of a ranking model is: a representation of each candidate in the light of its user's history,
 * `[batch, candidates, dim]`. A candidate's depends on the actions visible to it and on itself, never on its company.
 */
export type CandidateEncoder = (embedded: EmbeddedRanking) => Tensor;

/** The inputs by their names, as `rankingFeeds` feeds them. @param vocabulary of which `actions` are the kinds of action */
export function rankingInputs({ actions }: { readonly actions: number }): RankingInputs {
  const action = (name: string, dtype: 'int32' | 'float32' = 'int32') => input(`history/${name}`, dtype, ['batch', 'length']);
  const candidate = (name: string) => input(`candidates/${name}`, 'int32', ['batch', 'candidates']);
  return {
    history: {
      subjects: action('subjects'),
      actions: action('actions'),
      surfaces: action('surfaces'),
      queries: action('queries'),
      gaps: action('gaps'),
      values: action('values', 'float32'),
      seconds: action('seconds'),
    },
    candidates: {
      subjects: candidate('subjects'),
      surfaces: candidate('surfaces'),
      queries: candidate('queries'),
      gaps: candidate('gaps'),
      dense: input('candidates/dense', 'float32', ['batch', 'candidates', denseFeatureCount]),
      visible: candidate('visible'),
      seconds: candidate('seconds'),
      lists: candidate('lists'),
    },
    pages: {
      visible: input('pages/visible', 'int32', ['batch', 'pages']),
      seconds: input('pages/seconds', 'int32', ['batch', 'pages']),
      moments: input('pages/moments', 'float32', ['batch', 'pages', momentFeatureCount(actions)]),
      of: candidate('pages'),
    },
    examples: input('examples', 'int32', ['examples']),
  };
}
