/**
 * Separate networks, one a task: what multi-task models are measured against. Nothing is shared, the encoder below
 * included, so training all at once under a sum of losses is training each alone (but for a clipped gradient norm and
 * for early stopping, which look at all; train one task a run where that matters).
 *
 *     hᵏ = fᵏ(eᵏ(input))
 */
import { inLayer } from '../../tensor/layer-path.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { denseLayers } from './dense-layers.ts';
import type { TaskRepresentations } from './task-representations.ts';

/** Sizes of {@link singleTask}. */
export interface SingleTaskConfig {
  /** Widths of each task's own layers; none: the representation itself. */
  readonly hidden: readonly number[];
  readonly dropout: number;
}

/**
 * Builds an encoder and a network for each task, parameters under `TASK.`.
 *
 * @param encode builds the encoder `[batch, dim]`; called once a task, inside that task's layer
 */
export function singleTask(encode: () => Tensor, tasks: readonly string[], config: SingleTaskConfig): TaskRepresentations {
  const representations = tasks.map((task) => inLayer(task, () => denseLayers('network', encode(), config.hidden, config.dropout)));
  return { representations, gates: [] };
}
