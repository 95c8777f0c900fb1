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
