/** Numbers only: tensors, models, training and evaluation. The door of the learning wing for outsiders. */
export type { HistoryBatch, InteractionSequences, Ranker } from './interaction-sequences.ts';

export { evaluate, type EvaluateOptions, type EvaluationResult } from './evaluation/evaluate.ts';
export type { DataSplit, EvaluationCases } from './evaluation/evaluation-cases.ts';
export { createReport, type EvaluationReport } from './evaluation/evaluation-report.ts';
export { splitLeaveOneOut } from './evaluation/leave-one-out.ts';
export { reportJson } from './evaluation/report-json.ts';
export { reportMarkdown } from './evaluation/report-markdown.ts';
export { reportText } from './evaluation/report-text.ts';
export { splitByTime } from './evaluation/time-split.ts';

export { baselines } from './models/baselines/baselines.ts';
export { hstu, type HstuConfig } from './models/hstu.ts';
export { sasrec, type SasrecConfig } from './models/sasrec.ts';

export { trainSequenceModel, type TrainOptions, type TrainOutcome } from './training/train.ts';
export { trainingConfigSchema, type TrainingConfig } from './training/training-config.ts';
