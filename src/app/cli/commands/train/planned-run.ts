import type { CommandContext } from '../../command-context.ts';
import type { TrainingOptions } from '../../training-options.ts';

/** What `train` makes a plan from. */
export interface PlanningOptions extends TrainingOptions {
  readonly resume?: boolean;
}

/** A run of one kind as `train` sees it: planned, and ready to be trained to its end. */
export interface PlannedRun {
  readonly folder: string;
  /** What is trained, and on what. */
  readonly what: string;
  /** @throws what the training of its kind throws */
  train(resume: boolean, context: CommandContext): Promise<TrainedRun>;
}

/** A run that `train` can tell of. */
export interface TrainedRun {
  readonly folder: string;
  readonly record: object;
  /** The report. */
  readonly text: string;
  /** What can be done with it, with the command that does it. */
  readonly next: string;
}
