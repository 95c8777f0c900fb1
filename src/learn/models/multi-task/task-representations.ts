import type { Tensor } from '../../tensor/tensor.ts';
import type { TaskGate } from './task-gate.ts';

/** What a multi-task trunk makes of its input: a representation a task, for towers to read. */
export interface TaskRepresentations {
  /** `[batch, width]`, one a task in the order of the tasks. */
  readonly representations: readonly Tensor[];
  /** Empty where nothing is gated. */
  readonly gates: readonly TaskGate[];
}
