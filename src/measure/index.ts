/** Whether the numbers mean what they say. The door of the measuring wing for outsiders. */

/** From score to probability: calibrators, their records, and how well calibrated scores are. */
export { fitBeta, type BetaCalibrator, type BetaVariant } from './calibration/beta.ts';
export type { CalibrationStatistics } from './calibration/bin-tally.ts';
export { calibrationDrift, type CalibrationDrift, type DriftOptions, type DriftVerdict } from './calibration/calibration-drift.ts';
export { CalibrationError, type CalibrationErrorCode } from './calibration/calibration-error.ts';
export {
  applyCalibrator,
  CALIBRATION_METHODS,
  fitCalibrator,
  parseCalibrator,
  type BinaryCalibrator,
  type CalibrationMethod,
  type Calibrator,
} from './calibration/calibrator.ts';
export {
  debiasedCalibrationError,
  debiasedSquaredCalibrationError,
  expectedCalibrationError,
  maximumCalibrationError,
  type BinMeans,
} from './calibration/expected-calibration-error.ts';
export { fitHistogram, type HistogramCalibrator } from './calibration/histogram.ts';
export { fitIsotonic, type IsotonicCalibrator } from './calibration/isotonic.ts';
export { classBrierScore, classLogLoss, topLabel, type LabelledClasses } from './calibration/labelled-classes.ts';
export type { LabelledScores, Labels } from './calibration/labelled-scores.ts';
export {
  measureCalibration,
  type CalibrationMeasures,
  type MeasureOptions,
  type StatisticIntervals,
} from './calibration/measure-calibration.ts';
export { fitPlatt, type PlattCalibrator } from './calibration/platt.ts';
export { brierScore, decomposeBrier, logLoss, type BrierDecomposition } from './calibration/proper-scores.ts';
export { reliabilityDiagram, type DiagramOptions, type ReliabilitySeries } from './calibration/reliability-diagram.ts';
export type { Interval, IntervalOptions } from './calibration/resampling.ts';
export { binScores, type BinningOptions, type ReliabilityBin } from './calibration/score-bins.ts';
export type { ScoreInput, Scores } from './calibration/score-input.ts';
export { measureSegments, segmentTableMarkdown, type SegmentTable } from './calibration/segment-table.ts';
export {
  applySegmentedCalibrator,
  fitBySegment,
  parseSegmentedCalibrator,
  segmentPlace,
  type SegmentedCalibrator,
  type SegmentFitOptions,
} from './calibration/segmented-calibrator.ts';
export type { SegmentedScores } from './calibration/segmented-scores.ts';
export { fitSoftmaxTemperature, type SoftmaxTemperatureCalibrator } from './calibration/softmax-temperature.ts';
export { fitTemperature, type TemperatureCalibrator } from './calibration/temperature.ts';

/** What a model said of impressions and what came of them: one file a run, the places of pages, their segments. */
export { ImpressionsError, type ImpressionsErrorCode } from './impressions/impressions-error.ts';
export { labelledTask, type LabelledTask } from './impressions/labelled-task.ts';
export { pairImpressions, type ImpressionPair } from './impressions/pair-impressions.ts';
export { placesOfLists, takePlaces, type ListPlaces } from './impressions/places-of-lists.ts';
export { PROFILE_TIERS, profileTiers, type TierThresholds } from './impressions/profile-tier.ts';
export {
  checkScoredImpressions,
  NO_SEGMENT,
  servedScores,
  type ImpressionSource,
  type ScoredImpressions,
  type ScoredTask,
  type Segmentation,
} from './impressions/scored-impressions.ts';
export { PREDICTIONS_FILE, readScoredImpressions, writeScoredImpressions } from './impressions/scored-impressions-file.ts';
export { segmentsOf, type SegmentInputs, type UserAttribute } from './impressions/segments-of.ts';

/** The calibrators of all tasks of a run, chosen on validation. */
export { calibrateImpressions } from './calibration/calibrate-impressions.ts';
export { fitRunCalibrators, type MethodChoice, type RunCalibratorOptions } from './calibration/fit-run-calibrators.ts';
export {
  applyCalibrators,
  parseRunCalibrators,
  taskCalibrator,
  type RunCalibrators,
  type TaskCalibrator,
} from './calibration/run-calibrators.ts';
export { CALIBRATORS_FILE, readCalibrators, writeCalibrators } from './calibration/run-calibrators-file.ts';

/** Two models on the same examples: metrics, paired intervals, rules, a report that ends in a recommendation. */
export { calibrationPanels } from './comparison/calibration-panels.ts';
export { compareCases, type ComparedRanks } from './comparison/compare-cases.ts';
export { compareImpressions, type ComparisonWork } from './comparison/compare-impressions.ts';
export type { ComparedCell, ComparedModel, Comparison, Finding, MetricComparison, Recommendation } from './comparison/comparison.ts';
export { ComparisonError, type ComparisonErrorCode } from './comparison/comparison-error.ts';
export { comparisonMarkdown, type ReportPicture } from './comparison/comparison-markdown.ts';
export { comparisonOptions, DECISION_METRICS, type ComparisonOptions } from './comparison/comparison-options.ts';
export { comparisonText } from './comparison/comparison-text.ts';
export { forestPlot } from './comparison/forest-plot.ts';
export { measureImpressions, type ImpressionMeasures, type MeasuredCell } from './comparison/measure-impressions.ts';
export { segmentsOfCases } from './comparison/segments-of-cases.ts';
export { holmAdjusted } from './comparison/significance.ts';
