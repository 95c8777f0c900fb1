import { NisusError } from '../../../base/error.ts';
import type { CandidateEncoderConfig } from '../../models/ranking/ranker-config.ts';
import { constant } from '../../tensor/leaf.ts';
import { add, multiply } from '../../tensor/operators/binary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { taskLosses } from '../task-loss.ts';

/** Thrown when a soft search is to learn from a task that the model does not have. */
export class SearchTaskError extends NisusError {
  constructor(task: string, tasks: readonly string[]) {
    super(
      'RANKER_SEARCH_TASK',
      `the soft search learns from task "${task}", which is none of ${tasks.map((name) => `"${name}"`).join(', ')}: set search.auxiliaryTask`,
      { fields: { task, tasks } },
    );
  }
}

/**
 * Adds the loss of a soft search's auxiliary model to that of its task: its weight times the binary cross-entropy of the same
 * labels (Pi et al. 2020, sec. 3.2).
 *
 * @param losses scalars by task
 * @param auxiliaryLogits `[examples]` each, as `rankingStates` told them; none for models without a soft search
 * @throws {SearchTaskError}
 */
export function withSearchLoss(
  losses: Readonly<Record<string, Tensor>>,
  auxiliaryLogits: readonly Tensor[],
  encoder: CandidateEncoderConfig,
): Readonly<Record<string, Tensor>> {
  if (encoder.kind !== 'sim' || encoder.search.kind !== 'soft' || auxiliaryLogits.length === 0) return losses;
  const { auxiliaryTask: task, auxiliaryWeight } = encoder.search;
  if (losses[task] === undefined) throw new SearchTaskError(task, Object.keys(losses));
  const terms = auxiliaryLogits.map((logits) => multiply(taskLosses({ [task]: logits })[task]!, constant(auxiliaryWeight)));
  return { ...losses, [task]: [losses[task], ...terms].reduce(add) };
}
