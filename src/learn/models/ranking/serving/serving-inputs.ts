import { denseFeatureCount } from '../../../actions/dense-features.ts';
import { momentFeatureCount } from '../../../actions/moment-features.ts';
import { input } from '../../../tensor/leaf.ts';
import { broadcastTo } from '../../../tensor/operators/shape.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import type { HstuRankerConfig } from '../hstu-ranker.ts';
import type { ActionInputs, CandidateInputs } from '../ranking-inputs.ts';
import type { ContentVectors } from '../content-vectors.ts';

/**
 * Vectors that were made ahead, in the place of those that training makes of ids and content: `subjects/vectors`
 * `[subjects, dim]` and `queries/vectors` `[queries, dim]`, row 0 of both for none.
 */
export function servedVectors(dimension: number): ContentVectors {
  return {
    subjects: input('subjects/vectors', 'float32', ['subjects', dimension]),
    queries: input('queries/vectors', 'float32', ['queries', dimension]),
  };
}

/** One user's actions, `history/…` `[1, length]` each; what each holds is written at {@link ActionInputs}. */
export function servedActions(): ActionInputs {
  const column = (name: string, dtype: 'int32' | 'float32' = 'int32') => input(`history/${name}`, dtype, [1, 'length']);
  return {
    subjects: column('subjects'),
    actions: column('actions'),
    surfaces: column('surfaces'),
    queries: column('queries'),
    gaps: column('gaps'),
    values: column('values', 'float32'),
    seconds: column('seconds'),
  };
}

/** Candidates of one page, `candidates/subjects` `[1, candidates]` and `candidates/dense`; what they share is `page/…` `[1, 1]`. */
export function servedCandidates(): Omit<CandidateInputs, 'lists'> {
  const page = (name: string) => input(`page/${name}`, 'int32', [1, 1]);
  return {
    subjects: input('candidates/subjects', 'int32', [1, 'candidates']),
    surfaces: page('surface'),
    queries: page('query'),
    gaps: page('gap'),
    dense: input('candidates/dense', 'float32', [1, 'candidates', denseFeatureCount]),
    visible: page('visible'),
    seconds: page('seconds'),
  };
}

/** What the user is like when the page is asked for, `page/moment` `[1, 1, features]`. */
export function servedMoment({ actions }: { readonly actions: number }): Tensor {
  return input('page/moment', 'float32', [1, 1, momentFeatureCount(actions)]);
}

/** What a page has once, for each of its candidates. */
export function forEachCandidate(value: Tensor, { subjects }: Pick<CandidateInputs, 'subjects'>): Tensor {
  return broadcastTo(value, subjects.shape, subjects);
}

/** What a block remembers of actions: `[1, actions, heads × size]`. */
export interface BlockCache {
  readonly key: Tensor;
  readonly value: Tensor;
}

/** An encoded history. */
export interface EncodedHistory {
  /** int32 `[1, past]`, seconds since the first action. */
  readonly seconds: Tensor;
  readonly blocks: readonly BlockCache[];
}

/** `past/seconds` `[1, past]`, and `past/blockN/key` and `/value`, `[1, past, width]`, of every block. */
export function encodedHistory(config: Pick<HstuRankerConfig, 'blocks' | 'heads' | 'queryDimension' | 'valueDimension'>): EncodedHistory {
  const widths = cacheWidths(config);
  return {
    seconds: input('past/seconds', 'int32', [1, 'past']),
    blocks: Array.from({ length: config.blocks }, (_, at) => ({
      key: input(`past/block${at}/key`, 'float32', [1, 'past', widths.key]),
      value: input(`past/block${at}/value`, 'float32', [1, 'past', widths.value]),
    })),
  };
}

/** Numbers that a block remembers of an action. */
export function cacheWidths({
  heads,
  queryDimension,
  valueDimension,
}: Pick<HstuRankerConfig, 'heads' | 'queryDimension' | 'valueDimension'>) {
  return { key: heads * queryDimension, value: heads * valueDimension };
}
