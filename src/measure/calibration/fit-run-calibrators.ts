import { labelledTask } from '../impressions/labelled-task.ts';
import { NO_SEGMENT, type ScoredImpressions, type ScoredTask } from '../impressions/scored-impressions.ts';
import { optionError } from './calibration-error.ts';
import { CALIBRATION_METHODS, fitCalibrator, type BinaryCalibrator, type CalibrationMethod } from './calibrator.ts';
import { crossFit, crossFitGain, dealFolds, type CrossFit, type ExampleSegments, type FoldedExamples } from './cross-fit.ts';
import { probabilityBound } from './probability-bound.ts';
import { examplesError } from './labelled-scores.ts';
import { RUN_CALIBRATORS_FORMAT, RUN_CALIBRATORS_VERSION, type RunCalibrators, type TaskCalibrator } from './run-calibrators.ts';
import { fitBySegment } from './segmented-calibrator.ts';

/** A method, none, or whichever does best on users that it was not fitted on. */
export type MethodChoice = CalibrationMethod | 'none' | 'auto';

/** How a run's calibrators are fitted. */
export interface RunCalibratorOptions {
  /** Of tasks that {@link methods} does not name. @default 'auto' */
  readonly method?: MethodChoice;
  /** By task. @default none */
  readonly methods?: Readonly<Record<string, MethodChoice>>;
  /** Segmentations of which one may get calibrators of its own, where they help. @default all that the impressions have */
  readonly segmentations?: readonly string[];
  /** From 2 to 20. @default 5 */
  readonly folds?: number;
  /** Of the folds. @default 0 */
  readonly seed?: number;
  /** A segment with fewer examples, or fewer of either outcome, has no calibrator of its own. @default 1000 and 20 */
  readonly examplesMin?: number;
  readonly outcomesMin?: number;
}

/** From the simplest: among ways that cannot be told apart the first is taken. */
const BY_SIMPLICITY = ['none', 'temperature', 'platt', 'beta', 'isotonic', 'histogram'] as const;

/** A calibrator a segment must gain by so many standard errors. */
const SEGMENT_GAIN_MIN = 2;

/**
 * Fits the calibrators of a run on its validation part, a task at a time, never on the test part.
 *
 * `auto`: every method, and none, is fitted on all folds of users but one and measured by log loss on that one. Of those whose loss is within one
 * standard error (paired, over users) of the least, the simplest is taken (the one-standard-error rule of Breiman et al., Classification and
 * Regression Trees, 1984, section 3.4.3); a map that gives the highest scores no more than the lowest is none of them. Then each segmentation is
 * tried with that method (Platt where none was best) and a line in log-odds a segment behind it: the best is kept if it gains two standard errors.
 * What is stored is fitted on all of validation. Graded tasks are left out: they have no probability.
 *
 * O(examples log examples × folds × (methods + segmentations)) a task.
 *
 * @throws CalibrationError `CALIBRATION_EXAMPLES` for the test part; `CALIBRATION_OPTION`
 */
export function fitRunCalibrators(validation: ScoredImpressions, options: RunCalibratorOptions = {}): RunCalibrators {
  const { folds = 5, seed = 0, segmentations } = options;
  if (!Number.isInteger(folds) || folds < 2 || folds > 20) throw optionError('folds', folds, 'a whole number from 2 to 20');
  const { source, tasks } = validation;
  if (source.part !== 'validation') {
    throw examplesError(
      `calibrators are fitted on validation, and these impressions are the ${source.part} part: score the validation part`,
    );
  }
  const methods = [options.method ?? 'auto', ...Object.values(options.methods ?? {})];
  const known = ['auto', 'none', ...CALIBRATION_METHODS] as readonly string[];
  for (const method of methods) if (!known.includes(method)) throw optionError('method', method, `one of ${known.join(', ')}`);
  for (const name of Object.keys(options.methods ?? {})) {
    if (!tasks.some((task) => task.name === name)) throw optionError('methods', name, `tasks of the impressions: ${namesOf(tasks)}`);
  }
  for (const name of segmentations ?? []) {
    if (!validation.segmentations.some((each) => each.name === name)) {
      throw optionError('segmentations', name, `those of the impressions: ${namesOf(validation.segmentations) || 'none'}`);
    }
  }
  return {
    format: RUN_CALIBRATORS_FORMAT,
    formatVersion: RUN_CALIBRATORS_VERSION,
    model: { ...source.model },
    data: { ...source.data },
    tasks: tasks.filter(({ kind }) => kind === 'binary').map((task) => fitTask(task, validation, { ...options, folds, seed })),
  };
}

type Tried = TaskCalibrator['tried'][number] & { readonly fit: CrossFit };

function fitTask(
  task: ScoredTask,
  validation: ScoredImpressions,
  options: RunCalibratorOptions & { readonly folds: number; readonly seed: number },
): TaskCalibrator {
  const { examplesMin = 1000, outcomesMin = 20, folds, seed, segmentations } = options;
  const choice = options.methods?.[task.name] ?? options.method ?? 'auto';
  const own = labelledTask(task, 'raw');
  const positives = own === null ? 0 : Float64Array.from(own.labels).reduce((sum, label) => sum + label, 0);
  const count = own?.rows.length ?? 0;
  const asItIs = (why: string, tried: readonly Tried[] = []): TaskCalibrator => ({
    ...{ task: task.name, examples: count, rate: own === null ? null : rateOf(own), method: 'none', segmentation: null },
    ...{ overall: null, segments: [], bound: 0, tried: toldOf(tried), why },
  });
  if (choice === 'none') return asItIs('It was asked to be left as it is.');
  if (own === null || Math.min(positives, count - positives) < outcomesMin) {
    return asItIs(`There are ${positives} places that happened and ${count - positives} that did not: fewer than ${outcomesMin} of one.`);
  }
  const examples = foldedExamples(own, validation.users, folds, seed);
  const limits = { examplesMin, labelMin: outcomesMin };
  const methods = choice === 'auto' ? BY_SIMPLICITY : (['none', choice] as const);
  const tried = methods.flatMap((method): Tried[] => {
    const fit = crossFit(examples, method === 'none' ? null : method, null, limits);
    return fit === null ? [] : [{ method, segmentation: null, logLoss: fit.logLoss, fit }];
  });
  if (tried.length < methods.length) return asItIs('All outcomes of one kind are of so few users that no fold can be held out.');
  // Scores that order validation the wrong way round are not turned by a calibrator: that would hide a model that learned nothing.
  const isOrderly = (way: CalibrationMethod) => choice !== 'auto' || keepsOrder(fitCalibrator(way, own));
  const orderly = tried.filter((each) => each.method === 'none' || isOrderly(each.method));
  const chosen = choice === 'auto' ? simplestOfTheBest(orderly, examples) : tried[1]!;
  const method = chosen.method === 'none' ? 'platt' : chosen.method;
  const canBeParted = chosen.method !== 'none' || isOrderly(method);
  const candidates = canBeParted ? validation.segmentations.filter(({ name }) => segmentations?.includes(name) ?? true) : [];
  const bySegment = candidates.flatMap(({ name, names, codes }): (Tried & { readonly segments: ExampleSegments })[] => {
    const segments = { names, codes: Int32Array.from(own.rows, (row) => (codes[row] === NO_SEGMENT ? -1 : codes[row]!)) };
    const fit = crossFit(examples, method, segments, limits);
    return fit === null ? [] : [{ method, segmentation: name, logLoss: fit.logLoss, fit, segments }];
  });
  const [best] = bySegment.toSorted((first, second) => first.logLoss - second.logLoss);
  const gain = best === undefined ? null : crossFitGain(best.fit, chosen.fit, examples);
  const helps = gain !== null && gain.gain > SEGMENT_GAIN_MIN * gain.standardError;
  const all = [...tried, ...bySegment];
  if (!helps && chosen.method === 'none') return asItIs('No method loses less on users it was not fitted on.', all);
  const fitted = helps
    ? fitBySegment({ ...own, segments: best!.segments.codes, segmentNames: best!.segments.names }, { method, own: 'line', ...limits })
    : { overall: fitCalibrator(method, own), segments: [] };
  return {
    ...{ task: task.name, examples: count, rate: rateOf(own), method, segmentation: helps ? best!.segmentation : null },
    overall: fitted.overall,
    segments: fitted.segments.map(({ name, calibrator }) => ({ name, calibrator })),
    bound: probabilityBound(count),
    tried: toldOf(all),
    why: [
      choice === 'auto' ? `${method} is the simplest within a standard error of the least log loss` : `${method} was asked for`,
      helps
        ? `; a line of its own for each segment of ${best!.segmentation} gains ${gain.gain.toPrecision(2)} ± ${gain.standardError.toPrecision(2)} nats.`
        : `; ${candidates.length === 0 ? 'no segments were tried' : 'calibrators by segment do not gain enough'}.`,
    ].join(''),
  };
}

/** Whether the highest scores get higher probabilities than the lowest. */
function keepsOrder(calibrator: BinaryCalibrator): boolean {
  switch (calibrator.kind) {
    case 'platt':
      return calibrator.slope > 0;
    case 'beta':
      return calibrator.a + calibrator.b > 0;
    case 'isotonic':
    case 'histogram':
      return calibrator.probabilities.at(-1)! > calibrator.probabilities[0]!;
    case 'temperature':
      return true;
  }
}

/** The simplest way whose loss is within a standard error of the least. */
function simplestOfTheBest(tried: readonly Tried[], examples: FoldedExamples): Tried {
  const best = tried.reduce((least, each) => (each.logLoss < least.logLoss ? each : least));
  return tried.find((each) => {
    const { gain, standardError } = crossFitGain(best.fit, each.fit, examples);
    return gain <= standardError;
  })!;
}

function foldedExamples(
  { rows, scores, labels, weights }: NonNullable<ReturnType<typeof labelledTask>>,
  allUsers: Int32Array,
  foldCount: number,
  seed: number,
): FoldedExamples {
  const numbers = new Map<number, number>();
  const users = rows.map((row) => {
    const number = numbers.get(allUsers[row]!) ?? numbers.size;
    numbers.set(allUsers[row]!, number);
    return number;
  });
  return {
    ...{ scores: Float64Array.from(scores), labels: Float64Array.from(labels), users, userCount: numbers.size, foldCount },
    weights: weights === undefined ? new Float64Array(rows.length).fill(1) : Float64Array.from(weights),
    folds: dealFolds(numbers.size, foldCount, seed),
  };
}

function rateOf({ labels, weights }: NonNullable<ReturnType<typeof labelledTask>>): number {
  let [sum, total] = [0, 0];
  for (let at = 0; at < labels.length; at++) {
    const weight = weights === undefined ? 1 : weights[at]!;
    sum += weight * labels[at]!;
    total += weight;
  }
  return sum / total;
}

function toldOf(tried: readonly Tried[]): TaskCalibrator['tried'] {
  return tried.map(({ method, segmentation, logLoss }) => ({ method, segmentation, logLoss }));
}

function namesOf(named: readonly { readonly name: string }[]): string {
  return named.map(({ name }) => name).join(', ');
}
