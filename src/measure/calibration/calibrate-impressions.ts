import { NO_SEGMENT, type ScoredImpressions, type Segmentation } from '../impressions/scored-impressions.ts';
import { examplesError } from './labelled-scores.ts';
import { applyCalibrators, segmentCodeOf, type RunCalibrators, type TaskCalibrator } from './run-calibrators.ts';

/**
 * Scored impressions with what would be served beside what the model gave: the calibrated scores of every binary task of the record. Other columns are
 * shared, not copied.
 *
 * @throws CalibrationError `CALIBRATION_EXAMPLES` for scores of another model, or impressions that lack a task's segmentation
 */
export function calibrateImpressions(record: RunCalibrators, impressions: ScoredImpressions): ScoredImpressions {
  const { model } = impressions.source;
  if (model.fingerprint !== record.model.fingerprint) {
    throw examplesError(
      `the calibrators are those of ${record.model.name} and the scores are ${model.name}'s: fit calibrators on this model's validation`,
    );
  }
  return {
    ...impressions,
    tasks: impressions.tasks.map((task) => {
      const own = record.tasks.find((each) => each.task === task.name);
      if (own === undefined || own.overall === null || task.kind === 'graded') return task;
      // Scores of places without a label may be anything: they are not asked about.
      const scores = task.scores.map((score, at) => (Number.isNaN(task.labels[at]!) ? 0 : score));
      const codes = own.segmentation === null ? null : codesFor(own, impressions.segmentations);
      return { ...task, calibrated: applyCalibrators(record, task.name, scores, codes, scores) };
    }),
  };
}

/** The codes of a task's segments, whatever order their names have here. */
function codesFor(own: TaskCalibrator, segmentations: readonly Segmentation[]): Uint8Array {
  const found = segmentations.find(({ name }) => name === own.segmentation);
  if (found === undefined) {
    throw examplesError(`${own.task} is calibrated by segment of ${own.segmentation}, which the impressions lack: add that segmentation`);
  }
  const places = Uint8Array.from(found.names, (name) => segmentCodeOf(own, name));
  return found.codes.map((code) => places[code] ?? NO_SEGMENT);
}
