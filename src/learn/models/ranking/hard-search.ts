import type { Dimension } from '../../tensor/dimension.ts';
import { constant, input } from '../../tensor/leaf.ts';
import { greater } from '../../tensor/operators/compare.ts';
import { gatherRows } from '../../tensor/operators/index-operators.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { FoundActions } from './exact-search.ts';
import type { TokenInputs } from './ranking-inputs.ts';

/**
 * Symbolic inputs of what a hard search found (`foundFeeds` fills them). An action that several candidates of a batch found
 * is there once.
 */
export interface HardSearchInputs {
  /** int32 or float32 `[1, found]` each: the actions found, number 0 the padding's. */
  readonly actions: TokenInputs;
  /** int32 `[batch, candidates, K]`, numbers of found actions, the latest first; 0 where fewer were found. */
  readonly places: Tensor;
  /** int32 `[batch, candidates, K]`, buckets of the time from each action to the candidate's page. */
  readonly gaps: Tensor;
}

/** The inputs by their names, `found/…`. @param k actions found a candidate @param batch as the candidates have it */
export function hardSearchInputs(k: number, batch: Dimension = 'batch'): HardSearchInputs {
  const action = (name: string, dtype: 'int32' | 'float32' = 'int32') => input(`found/${name}`, dtype, [1, 'found']);
  return {
    actions: {
      subjects: action('subjects'),
      actions: action('actions'),
      surfaces: action('surfaces'),
      queries: action('queries'),
      gaps: action('gaps'),
      values: action('values', 'float32'),
    },
    places: input('found/places', 'int32', [batch, 'candidates', k]),
    gaps: input('found/intervals', 'int32', [batch, 'candidates', k]),
  };
}

/**
 * What a hard search found, as the exact search takes it.
 *
 * @param actions `[found, dim]`, the embedded actions of {@link HardSearchInputs}
 */
export function hardSearchFound(actions: Tensor, { places, gaps }: Pick<HardSearchInputs, 'places' | 'gaps'>): FoundActions {
  return { actions: gatherRows(actions, places), gaps, mask: greater(places, constant(0, { dtype: 'int32' })) };
}
