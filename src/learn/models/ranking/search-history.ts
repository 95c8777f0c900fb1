import { input } from '../../tensor/leaf.ts';
import { reshape } from '../../tensor/operators/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { FoundActions } from './exact-search.ts';
import { hardSearchFound, hardSearchInputs } from './hard-search.ts';
import type { SimSearchConfig } from './ranker-config.ts';
import type { EmbeddedRanking, TokenInputs } from './ranking-inputs.ts';
import { softSearch } from './soft-search.ts';

/** What SIM's first stage gives its second. */
export interface SearchedHistory {
  readonly found: FoundActions;
  /** `[batch, candidates]`, of a soft search's auxiliary task; null of a hard search, which learns nothing. */
  readonly auxiliaryLogits: Tensor | null;
}

/**
 * SIM's general search unit, over inputs of its own: `found/…` that a hard search fills, or `long/…`, the whole history, which a
 * soft one reads.
 *
 * @param window the candidates, with their times
 * @param tokens makes tokens of actions as those of the window are made
 */
export function searchHistory(config: SimSearchConfig, window: EmbeddedRanking, tokens: (inputs: TokenInputs) => Tensor): SearchedHistory {
  const batch = window.candidates.shape[0]!;
  if (config.kind === 'hard') {
    const inputs = hardSearchInputs(config.found, batch);
    const actions = tokens(inputs.actions);
    return { found: hardSearchFound(reshape(actions, [-1, actions.shape[2]!]), inputs), auxiliaryLogits: null };
  }
  const action = (name: string, dtype: 'int32' | 'float32' = 'int32') => input(`long/${name}`, dtype, [batch, 'longLength']);
  const actions = tokens({
    subjects: action('subjects'),
    actions: action('actions'),
    surfaces: action('surfaces'),
    queries: action('queries'),
    gaps: action('gaps'),
    values: action('values', 'float32'),
  });
  const visible = input('long/visible', 'int32', [batch, 'candidates']);
  return softSearch(config, { ...window, actions, actionSeconds: action('seconds'), visible });
}
