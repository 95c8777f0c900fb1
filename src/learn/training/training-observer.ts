/** Told what happens in a run; a terminal draws a bar from it, a log writes lines. All durations in seconds. */
export interface TrainingObserver {
  onStart?(run: { readonly steps: number; readonly parameters: number; readonly resumedAtStep: number }): void;
  onStep?(step: StepReport): void;
  onValidation?(validation: ValidationReport): void;
  onCheckpoint?(step: number): void;
}

/** After each step. */
export interface StepReport {
  readonly step: number;
  readonly epoch: number;
  readonly batchInEpoch: number;
  readonly batchesInEpoch: number;
  readonly loss: number;
  /** Mean of the epoch so far. */
  readonly epochLoss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Histories a second since this process started the run. */
  readonly examplesPerSecond: number;
  /** If all epochs are run. */
  readonly secondsLeft: number;
}

/** After each validation. */
export interface ValidationReport {
  readonly step: number;
  readonly epoch: number;
  readonly trainingLoss: number;
  /** NDCG@10 and HR@10 on the validation cases. */
  readonly ndcg: number;
  readonly hitRate: number;
  readonly isBest: boolean;
  readonly seconds: number;
}
