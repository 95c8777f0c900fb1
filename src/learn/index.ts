/** Numbers only: tensors, models, training and evaluation. The door of the learning wing for outsiders. */
export type { HistoryBatch, InteractionSequences, Ranker } from './interaction-sequences.ts';

export { compareResults, type ResultComparison } from './evaluation/compare-results.ts';
export { evaluate, type EvaluateOptions, type EvaluationResult } from './evaluation/evaluate.ts';
export type { DataSplit, EvaluationCases } from './evaluation/evaluation-cases.ts';
export { createReport, type EvaluationReport } from './evaluation/evaluation-report.ts';
export { EvaluationError } from './evaluation/evaluation-error.ts';
export { splitLeaveOneOut } from './evaluation/leave-one-out.ts';
export type { MetricEstimate } from './evaluation/metrics.ts';
export type { CandidateSet, EvaluationProtocol } from './evaluation/protocol.ts';
export { reportJson } from './evaluation/report-json.ts';
export { reportMarkdown } from './evaluation/report-markdown.ts';
export { reportText } from './evaluation/report-text.ts';
export { splitByTime } from './evaluation/time-split.ts';

export { BaselineError } from './models/baselines/baseline-error.ts';
export { baselines, type Baseline } from './models/baselines/baselines.ts';
export { hstu, type HstuConfig } from './models/hstu.ts';
export { modelConfigSchema, type ModelConfig } from './models/model-config.ts';
export { sasrec, type SasrecConfig } from './models/sasrec.ts';

export { exportServedModel, openServedModel, ServedModelError, type ServedModel, type ServedModelManifest } from './models/served-model.ts';

export { parameterView, type ParameterLayout } from './tensor/parameters.ts';

export { CheckpointMismatchError, hasCheckpoint } from './training/checkpoint.ts';
export { bestCheckpointPath, trainSequenceModel, type TrainOptions, type TrainOutcome } from './training/train.ts';
export { trainingConfigSchema, type TrainingConfig } from './training/training-config.ts';
export type { StepReport, TrainingObserver, ValidationReport } from './training/training-observer.ts';
