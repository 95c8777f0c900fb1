/**
 * MMoE: Ma et al., "Modeling task relationships in multi-task learning with multi-gate mixture-of-experts", KDD 2018.
 *
 *     gᵏ(x) = softmax(x Wᵏ)            a gate a task (eq. 7)
 *     hᵏ    = Σᵢ gᵏ(x)ᵢ fᵢ(x)          n experts that all tasks share (eq. 6)
 *     yᵏ    = towerᵏ(hᵏ)
 *
 * With one expert every gate is 1 and the model is a shared bottom.
 */
import type { Tensor } from '../../tensor/tensor.ts';
import { denseLayers } from './dense-layers.ts';
import { mixExperts } from './task-gate.ts';
import type { TaskRepresentations } from './task-representations.ts';

/** Sizes of {@link mmoe}. */
export interface MmoeConfig {
  readonly experts: number;
  /** Widths of an expert's layers, at least one. */
  readonly expertHidden: readonly number[];
  readonly dropout: number;
}

/** `[batch, dim]` → a mixture of experts a task; parameters under `expertN.` and `TASK.gate`. */
export function mmoe(x: Tensor, tasks: readonly string[], config: MmoeConfig): TaskRepresentations {
  const experts = Array.from({ length: config.experts }, (_, index) => {
    const name = `expert${index}`;
    return { name, output: denseLayers(name, x, config.expertHidden, config.dropout) };
  });
  const mixed = tasks.map((task) => mixExperts(task, x, experts, { level: 0, task }));
  return { representations: mixed.map(({ mixture }) => mixture), gates: mixed.map(({ gate }) => gate) };
}
