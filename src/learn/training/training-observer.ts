/** Told what happens in a run; a terminal draws a bar from it, a log writes lines. All durations in seconds. */
export interface TrainingObserver<Figures extends object = RankingFigures> {
  onStart?(run: { readonly steps: number; readonly parameters: number; readonly resumedAtStep: number }): void;
  onStep?(step: StepReport): void;
  onValidation?(validation: ValidationReport<Figures>): void;
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
  /** Examples (histories, rows) a second since this process started the run. */
  readonly examplesPerSecond: number;
  /** If all epochs are run. */
  readonly secondsLeft: number;
}

/** What a validation of a ranker measures: NDCG@10 and HR@10 on the validation cases. */
export interface RankingFigures {
  readonly ndcg: number;
  readonly hitRate: number;
}

/** After each validation, beside what it measured. */
export type ValidationReport<Figures extends object = RankingFigures> = Figures & {
  readonly step: number;
  readonly epoch: number;
  readonly trainingLoss: number;
  readonly isBest: boolean;
  readonly seconds: number;
};
