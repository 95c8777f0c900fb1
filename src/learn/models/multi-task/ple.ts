/**
 * PLE: Tang et al., "Progressive layered extraction (PLE): a novel multi-task learning (MTL) model for personalized
 * recommendations", RecSys 2020. One level alone is CGC (customized gate control).
 *
 * At level j, task k has experts of its own and there are experts that all share:
 *
 *     Sᵏ = [own experts of k on hᵏ,ʲ⁻¹; shared experts on hˢ,ʲ⁻¹]        (eq. 3)
 *     wᵏ = softmax(hᵏ,ʲ⁻¹ Wᵏ)                                            (eq. 2, 5)
 *     hᵏ,ʲ = wᵏ Sᵏ                                                       (eq. 1, 5)
 *
 * and below the last level the shared gate mixes the experts of all tasks and the shared ones on hˢ,ʲ⁻¹, which gives hˢ,ʲ
 * (section 4.2). At the first level every h is x. Towers read hᵏ of the last level (eq. 4, 6).
 *
 * With no experts of their own and one shared, gates are 1 and the model is a shared bottom.
 */
import { inLayer } from '../../tensor/layer-path.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { denseLayers } from './dense-layers.ts';
import { mixExperts, type Expert, type TaskGate } from './task-gate.ts';
import type { TaskRepresentations } from './task-representations.ts';

/** Sizes of {@link ple}. */
export interface PleConfig {
  /** Extraction levels; each experts' layers, at least one width a level. */
  readonly levels: readonly { readonly expertHidden: readonly number[] }[];
  /** Experts of each task's own, a level. */
  readonly taskExperts: number;
  /** Experts that all tasks share, a level. */
  readonly sharedExperts: number;
  readonly dropout: number;
}

/**
 * `[batch, dim]` → a representation a task; parameters under `levelJ.TASK.expertN.`, `levelJ.shared.expertN.`,
 * `levelJ.TASK.gate` and, below the last level, `levelJ.shared.gate`.
 */
export function ple(x: Tensor, tasks: readonly string[], config: PleConfig): TaskRepresentations {
  const gates: TaskGate[] = [];
  let states: readonly Tensor[] = tasks.map(() => x);
  let shared = x;
  config.levels.forEach(({ expertHidden }, level) => {
    inLayer(`level${level}`, () => {
      const expertsOf = (owner: string, from: Tensor, count: number): Expert[] =>
        Array.from({ length: count }, (_, index) => ({
          name: `level${level}.${owner}.expert${index}`,
          output: inLayer(owner, () => denseLayers(`expert${index}`, from, expertHidden, config.dropout)),
        }));
      const own = tasks.map((task, at) => expertsOf(task, states[at]!, config.taskExperts));
      const common = expertsOf('shared', shared, config.sharedExperts);
      const mixed = tasks.map((task, at) => mixExperts(task, states[at]!, [...own[at]!, ...common], { level, task }));
      gates.push(...mixed.map(({ gate }) => gate));
      states = mixed.map(({ mixture }) => mixture);
      if (level === config.levels.length - 1) return;
      const next = mixExperts('shared', shared, [...own.flat(), ...common], { level, task: 'shared' });
      gates.push(next.gate);
      shared = next.mixture;
    });
  });
  return { representations: states, gates };
}
