/**
 * Shared bottom: Caruana, "Multitask learning", Machine Learning 28 (1997), in the form of Ma et al. 2018, eq. 1.
 *
 *     hᵏ = f(x) for every task k;  yᵏ = towerᵏ(hᵏ)
 */
import type { Tensor } from '../../tensor/tensor.ts';
import { denseLayers } from './dense-layers.ts';
import type { TaskRepresentations } from './task-representations.ts';

/** Sizes of {@link sharedBottom}. */
export interface SharedBottomConfig {
  /** Widths of the shared layers; none: x itself is what towers read. */
  readonly hidden: readonly number[];
  readonly dropout: number;
}

/** `[batch, dim]` → one representation that all tasks read; parameters under `bottom.`. */
export function sharedBottom(x: Tensor, tasks: readonly string[], config: SharedBottomConfig): TaskRepresentations {
  const bottom = denseLayers('bottom', x, config.hidden, config.dropout);
  return { representations: tasks.map(() => bottom), gates: [] };
}
