/** Numbers only: tensors, models, training and evaluation. The door of the learning wing for outsiders. */
export type { HistoryBatch, InteractionSequences, Ranker } from './interaction-sequences.ts';

/** Metrics of yes-or-no outcomes. */
export { areaUnderCurve } from './evaluation/binary/area-under-curve.ts';
export { estimateBinaryMetrics, type BinaryEstimate, type BinaryMetric, type BinaryOptions } from './evaluation/binary/binary-metrics.ts';
export { compareBinaryModels, type BinaryDifference, type ComparedScores } from './evaluation/binary/compare-binary-models.ts';
export { groupedAreaUnderCurve, type GroupedAreaUnderCurve, type GroupWeighting } from './evaluation/binary/grouped-area-under-curve.ts';
export type { LabelledScores } from './evaluation/binary/labelled-scores.ts';
export { logLoss } from './evaluation/binary/log-loss.ts';
export { normalisedEntropy } from './evaluation/binary/normalised-entropy.ts';
export { pairedTTest } from './evaluation/binary/paired-t-test.ts';

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

/** Models of many tasks, over any encoder, and fields of tables to encode. */
export { encodeFields, type EncodedFields } from './fields/encode-fields.ts';
export { fieldLayer } from './fields/field-layer.ts';
export { FieldTableError, type FieldDeclarations, type FieldTable } from './fields/field-table.ts';
export { fitFields, fittedFieldsSchema, type FittedFields } from './fields/fit-fields.ts';
export { buildMultiTask, MultiTaskModelError, type MultiTaskOutput } from './models/multi-task/build-multi-task.ts';
export { deadExperts, tallyUtilisation, type GateUtilisation } from './models/multi-task/gate-utilisation.ts';
export { multiTaskConfigSchema, type MultiTaskConfig } from './models/multi-task/multi-task-config.ts';
export { TaskExamplesError, type TaskExamples } from './training/task-examples.ts';
export { openTaskScorer, type TaskEncoder, type TaskScorer, type TaskScores } from './training/task-scorer.ts';
export { taskTrainingConfigSchema, type TaskTrainingConfig } from './training/task-training-config.ts';
export {
  fixedWeightStep,
  trainTaskModel,
  type CompileTaskStep,
  type TaskFigures,
  type TrainTasksOptions,
} from './training/train-task-model.ts';

/** Ranking models: pages of candidates in the light of histories over several domains. */
export type { ActionSequences, ActionVocabulary, SubjectTable } from './actions/action-sequences.ts';
export type { ImpressionLists, TaskLabels } from './actions/impression-lists.ts';
export { keepDomains } from './actions/keep-domains.ts';
export { fittingContent, rankingSource, rankingVocabulary, type RankingColumns } from './actions/ranking-source.ts';
export { linearRanking, type LinearRankingOptions } from './models/ranking/baselines/linear-ranking.ts';
export { popularityRanking } from './models/ranking/baselines/popularity-ranking.ts';
export { rankerConfigSchema, type RankerConfig } from './models/ranking/ranker-config.ts';
export { exportServedRanker, knownIdsOf, type ServedRankerSource } from './models/ranking/serving/export-served-ranker.ts';
export { cachedHistory, createHistoryCache, type HistoryCache } from './models/ranking/serving/history-cache.ts';
export type { HistoryState, UserActions } from './models/ranking/serving/history-state.ts';
export { openServedRanker, type ServedRanker, type ServedRankerOptions } from './models/ranking/serving/open-served-ranker.ts';
export { exportNextAction } from './models/next-action/export-next-action.ts';
export { historySearch } from './actions/history-search.ts';
export { nextActionTargets } from './actions/next-action-targets.ts';
export { nextActionTrainingConfigSchema, type NextActionTrainingConfig } from './training/next-action/next-action-training-config.ts';
export { trainNextAction, type TrainNextActionOptions } from './training/next-action/train-next-action.ts';
export { rankerTrainingConfigSchema, type RankerTrainingConfig } from './training/ranking/ranker-training-config.ts';
export type { RankingExamples } from './training/ranking/ranking-examples.ts';
export { openRankingScorer, type RankingScorer } from './training/ranking/ranking-scorer.ts';
export { trainRanker, type TrainRankerOptions } from './training/ranking/train-ranker.ts';

/** A loss of many tasks as a declaration. */
export { compositeFormula } from './training/composite-loss/composite-formula.ts';
export { compositeLossSchema, namedMasks, needsLists, type CompositeLossConfig } from './training/composite-loss/composite-loss-config.ts';
export {
  compositeLosses,
  CompositeLossError,
  type CompositeBatch,
  type CompositeLosses,
} from './training/composite-loss/composite-losses.ts';
export { compileCompositeStep, stepForm } from './training/composite-loss/composite-step.ts';
export { constraintFigures, constraintsHold } from './training/composite-loss/constraint-figures.ts';
export { listPlaces, ListPlacesError, listPlacesFeed } from './training/composite-loss/list-places.ts';
export { maskFeed, taskFeeds } from './training/task-loss.ts';

export { exportServedModel, openServedModel, ServedModelError, type ServedModel, type ServedModelManifest } from './models/served-model.ts';

export { parameterView, type ParameterLayout } from './tensor/parameters.ts';

/** Layers and losses. */
export { layerNorm } from './nn/layer-norm.ts';
export { linear, type LinearOptions } from './nn/linear.ts';
export { approxNdcgLoss, type ApproxNdcgOptions } from './nn/losses/approx-ndcg.ts';
export { binaryCrossEntropyLoss, generalizedBinaryCrossEntropyLoss } from './nn/losses/binary-cross-entropy.ts';
export { fullSoftmaxLoss } from './nn/losses/full-softmax.ts';
export {
  jointRankingCalibrationLoss,
  jointRankingCalibrationScore,
  type JointRankingCalibrationOptions,
} from './nn/losses/joint-ranking-calibration.ts';
export { lambdaLoss, type LambdaLossOptions } from './nn/losses/lambda-loss.ts';
export type { ListBatch } from './nn/losses/list-batch.ts';
export { listLoss, listLossSchema, outputsPerPlace, rankingScore, type ListLossConfig } from './nn/losses/list-loss.ts';
export { listMleLoss } from './nn/losses/list-mle.ts';
export { listNetLoss } from './nn/losses/list-net.ts';
export { listSoftmaxLoss } from './nn/losses/list-softmax.ts';
export { pointwiseCrossEntropyLoss } from './nn/losses/pointwise-cross-entropy.ts';
export { positionWeightedListMleLoss, type PositionWeightedListMleOptions } from './nn/losses/position-weighted-list-mle.ts';
export { sampledListLoss } from './nn/losses/sampled-list.ts';
export { sampledSoftmaxLoss, type SharedNegatives } from './nn/losses/sampled-softmax.ts';
export { multiLayerPerceptron, type MultiLayerPerceptronOptions } from './nn/multi-layer-perceptron.ts';
export { scoreItems, type ItemScoring } from './nn/similarity.ts';

/** The training engine: symbolic tensors, gradients, programs and steps. */
export type { DataType } from './tensor/data-type.ts';
export type { Dimension, Shape } from './tensor/dimension.ts';
export { gradients, GradientUnconnectedError } from './tensor/gradient.ts';
export { glorotUniform, heNormal, normal, ones, truncatedNormal, zeros } from './tensor/initializers.ts';
export { inLayer } from './tensor/layer-path.ts';
export { constant, input, parameter, uniformNoise } from './tensor/leaf.ts';
export { emitOnnx, type EmittedModel } from './tensor/onnx/emit.ts';
export type { Dialect, Lowering } from './tensor/onnx/lowering.ts';
export { compileProgram, FeedError, IndexOutOfRangeError, type Program, type ProgramOptions, type TensorValue } from './tensor/program.ts';
export { ExplodingGradientError, NonFiniteError } from './tensor/step-diagnosis.ts';
export { makeTensor, ShapeError, type Initializer, type Tensor } from './tensor/tensor.ts';
export {
  compileTrainingStep,
  type StepResult,
  type TableIds,
  type TrainingState,
  type TrainingStep,
  type TrainingStepOptions,
} from './tensor/training-step.ts';

/** Steps of several tasks: gradients that conflict, and how much each loss counts. */
export type { GradientConflict, GradientDecision, GradientStrategy } from './tensor/gradient-strategy.ts';
export type { LossesOfStep, LossWeighting } from './tensor/loss-weighting.ts';
export {
  compileMultiTaskStep,
  type MultiTaskStep,
  type MultiTaskStepOptions,
  type MultiTaskStepResult,
  type TaskMeasures,
} from './tensor/multi-task-step.ts';
export { MultiTaskError } from './tensor/task-gradients.ts';
export { conflictPicture } from './training/gradient-conflict/conflict-picture.ts';
export { conflictRecord, type ConflictRecord } from './training/gradient-conflict/conflict-record.ts';
export { gradientStrategySchema, makeGradientStrategy, type GradientStrategyConfig } from './training/gradient-conflict/strategy-config.ts';
export {
  lossWeightsSchema,
  makeLossWeighting,
  UnknownTaskError,
  type LossWeightsConfig,
} from './training/loss-weights/loss-weights-config.ts';

/** Operators. */
export { batchedGather } from './tensor/operators/batched-gather.ts';
export { binaryCrossEntropyWithLogits } from './tensor/operators/binary-cross-entropy-with-logits.ts';
export { add, divide, maximum, minimum, multiply, power, subtract } from './tensor/operators/binary.ts';
export { equal, greater, greaterOrEqual, less, lessOrEqual, logicalAnd, logicalNot, logicalOr, where } from './tensor/operators/compare.ts';
export { cosineSimilarity } from './tensor/operators/cosine-similarity.ts';
export { cumulativeLogSumExp } from './tensor/operators/cumulative-log-sum-exp.ts';
export { dice } from './tensor/operators/dice.ts';
export { flip } from './tensor/operators/flip.ts';
export { customGradient, dropout, stopGradient, straightThrough } from './tensor/operators/flow.ts';
export { gumbelNoise } from './tensor/operators/gumbel-noise.ts';
export { huber } from './tensor/operators/huber.ts';
export { addAlongAxis, addRows, gatherRows, oneHot, takeAlongAxis, topK } from './tensor/operators/index-operators.ts';
export { maskedSoftmax } from './tensor/operators/masked-softmax.ts';
export { matmul, swapLastAxes, type MatmulOptions } from './tensor/operators/matrix.ts';
export { l2Normalize, logSoftmax, rootMeanSquareNormalize, softmax, standardize } from './tensor/operators/normalize.ts';
export { pad } from './tensor/operators/pad.ts';
export { prelu } from './tensor/operators/prelu.ts';
export { product } from './tensor/operators/product.ts';
export { argMax, cumulativeSum, logSumExp, max, mean, min, sum, type ReduceOptions } from './tensor/operators/reduce.ts';
export { repeat, tile } from './tensor/operators/repeat.ts';
export {
  broadcastTo,
  concatenate,
  dimensionValue,
  expandDimension,
  range,
  reshape,
  slice,
  split,
  stack,
  transpose,
} from './tensor/operators/shape.ts';
export { sort } from './tensor/operators/sort.ts';
export { squaredDistances } from './tensor/operators/squared-distances.ts';
export {
  absolute,
  cast,
  clip,
  cos,
  erf,
  exp,
  floor,
  gelu,
  leakyRelu,
  log,
  logSigmoid,
  negate,
  reciprocal,
  relu,
  round,
  sigmoid,
  sign,
  silu,
  sin,
  softplus,
  sqrt,
  square,
  tanh,
} from './tensor/operators/unary.ts';
export { variance } from './tensor/operators/variance.ts';

/** Update rules, and tables outside the graph. */
export { adagrad } from './tensor/optimizers/adagrad.ts';
export { adam, adamW, type AdamOptions } from './tensor/optimizers/adam.ts';
export type { Optimizer } from './tensor/optimizers/optimizer.ts';
export { constantSchedule, cosineSchedule, linearSchedule, withWarmup, type Schedule } from './tensor/optimizers/schedule.ts';
export { sgd } from './tensor/optimizers/sgd.ts';
export { initializeTable, lookUp, TableIdError, tableRows, tableWidth, type EmbeddingTable } from './tensor/tables/embedding-table.ts';
export { fileStorage, TableFileError } from './tensor/tables/file-storage.ts';
export { memoryStorage, type RowStorage } from './tensor/tables/row-storage.ts';
export { lazyAdam, rowWiseAdagrad, type SparseOptimizer } from './tensor/tables/sparse-optimizer.ts';

export { CheckpointMismatchError, hasCheckpoint } from './training/checkpoint.ts';
export { bestCheckpointPath, trainSequenceModel, type TrainOptions, type TrainOutcome } from './training/train.ts';
export { trainingConfigSchema, type TrainingConfig } from './training/training-config.ts';
export type { StepReport, TrainingObserver, ValidationReport } from './training/training-observer.ts';
