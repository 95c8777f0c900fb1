import { invalid } from './impressions-error.ts';

/** What a model said of impressions and what came of them: a row a place of a page. All columns are `[places]`. */
export interface ScoredImpressions {
  readonly source: ImpressionSource;
  /** Number of the page's list in the data set, ascending: the places of a list stand together. */
  readonly lists: Int32Array;
  /** Whose page it was, dense indices of the data set; one a list. */
  readonly users: Int32Array;
  /** Indices of the data set's subjects. */
  readonly subjects: Int32Array;
  /** Place on the page from 0, ascending within a list. */
  readonly positions: Int32Array;
  /** When the page was asked for, milliseconds since the epoch; one a list. */
  readonly timesMs: Float64Array;
  /** At least one, of different names. */
  readonly tasks: readonly ScoredTask[];
  /** Of different names; none where nothing is told apart. */
  readonly segmentations: readonly Segmentation[];
}

/** Where scored impressions come from: two models are compared on the same part of the same data only. */
export interface ImpressionSource {
  readonly data: { readonly name: string; /** Names the content. */ readonly fingerprint: string };
  readonly part: 'validation' | 'test';
  readonly model: { readonly name: string; /** Names the parameters. */ readonly fingerprint: string };
}

/** One question that the model answered of every place. All columns are `[places]`. */
export interface ScoredTask {
  readonly name: string;
  /** `binary`: did it happen; `graded`: how good was it, from 0. */
  readonly kind: 'binary' | 'graded';
  /**
   * binary: 1 and 0; NaN where a place does not have the task; more than 1 where an outcome that may still come is corrected for (`TaskLabels` of
   * learn). Every measure is linear in it: a place counts its label as having happened and 1 − label as not.
   * graded: a grade from 0 to 30, NaN where there is none.
   */
  readonly labels: Float32Array;
  /** What the model gave: a probability for binary, any finite number for graded, higher is better. Anything where the label is NaN. */
  readonly scores: Float32Array;
  /** The same after the calibrator of the run; null where none was fitted. */
  readonly calibrated: Float32Array | null;
}

/** A way to part the places, such as by the user's tier. */
export interface Segmentation {
  readonly name: string;
  /** Names of the segments, different and not empty, at most 255. */
  readonly names: readonly string[];
  /** `[places]`, indices into {@link names}; {@link NO_SEGMENT} for none. */
  readonly codes: Uint8Array;
}

/** Code of a place that belongs to no segment of a segmentation. */
export const NO_SEGMENT = 255;

/** Most places that are held at once: some 10 GB with nine tasks. */
export const PLACES_MAX = 1 << 27;

/** The score that would be served: the calibrated one where there is one. */
export function servedScores({ calibrated, scores }: ScoredTask): Float32Array {
  return calibrated ?? scores;
}

/**
 * Checks scored impressions once, so that nothing behind need look again. O(places × tasks).
 *
 * @throws ImpressionsError `IMPRESSIONS_INVALID` with the column, the first place at fault and its value
 */
export function checkScoredImpressions(impressions: ScoredImpressions): void {
  const { lists, users, subjects, positions, timesMs, tasks, segmentations } = impressions;
  const places = lists.length;
  if (places === 0) throw invalid('there are none: at least one place is needed');
  if (places > PLACES_MAX)
    throw invalid(`there are ${places} places, at most ${PLACES_MAX} are held at once: take fewer lists`, { places });
  for (const [name, column] of Object.entries({ users, subjects, positions, timesMs })) requireLength(name, column.length, places);
  checkPlaces(impressions);
  if (tasks.length === 0) throw invalid('no task is scored: give at least one');
  requireNames('task', tasks);
  requireNames('segmentation', segmentations);
  for (const task of tasks) checkTask(task, places);
  for (const segmentation of segmentations) checkSegmentation(segmentation, places);
}

/** Lists ascend, positions ascend within a list, and a list has one user and one time. */
function checkPlaces({ lists, users, subjects, positions, timesMs }: ScoredImpressions): void {
  for (let at = 0; at < lists.length; at++) {
    const fault = (column: string, value: number, expected: string) =>
      invalid(`${column} of place ${at} is ${value}: ${expected}`, { at, column, value });
    if (!(lists[at]! >= 0)) throw fault('list', lists[at]!, 'expected a number from 0');
    if (!(users[at]! >= 0)) throw fault('user', users[at]!, 'expected an index from 0');
    if (!(subjects[at]! >= 0)) throw fault('subject', subjects[at]!, 'expected an index from 0');
    if (!(positions[at]! >= 0)) throw fault('position', positions[at]!, 'expected a number from 0');
    if (!Number.isFinite(timesMs[at]!)) throw fault('time', timesMs[at]!, 'expected milliseconds since the epoch');
    if (at === 0 || lists[at] !== lists[at - 1]) {
      if (at > 0 && lists[at]! < lists[at - 1]!)
        throw fault('list', lists[at]!, `lists must ascend, and ${lists[at - 1]} stands before it`);
      continue;
    }
    if (users[at] !== users[at - 1]) throw fault('user', users[at]!, `list ${lists[at]} is user ${users[at - 1]}'s; a list has one user`);
    if (timesMs[at] !== timesMs[at - 1]) throw fault('time', timesMs[at]!, `list ${lists[at]} was asked for at ${timesMs[at - 1]}`);
    if (positions[at]! <= positions[at - 1]!) {
      throw fault('position', positions[at]!, `positions must ascend within list ${lists[at]}, and ${positions[at - 1]} stands before it`);
    }
  }
}

function checkTask({ name, kind, labels, scores, calibrated }: ScoredTask, places: number): void {
  if (kind !== 'binary' && kind !== 'graded')
    throw invalid(`task ${name} is of kind ${String(kind)}: give binary or graded`, { name, kind });
  requireLength(`labels of ${name}`, labels.length, places);
  requireLength(`scores of ${name}`, scores.length, places);
  if (calibrated !== null) {
    requireLength(`calibrated scores of ${name}`, calibrated.length, places);
    if (kind === 'graded') throw invalid(`task ${name} is graded: only probabilities are calibrated`, { name });
  }
  const isBinary = kind === 'binary';
  const labelMax = isBinary ? Infinity : 30;
  for (let at = 0; at < places; at++) {
    const label = labels[at]!;
    if (Number.isNaN(label)) continue;
    if (!(label >= 0 && label <= labelMax && label < Infinity) || (isBinary && label > 0 && label < 1)) {
      const expected = isBinary
        ? '0, 1, or more where a late outcome is corrected for (NaN for none)'
        : 'a grade from 0 to 30 (NaN for none)';
      throw invalid(`label of place ${at} for task ${name} is ${label}: expected ${expected}`, { at, task: name, label });
    }
    requireScore(scores[at]!, isBinary, 'score', name, at);
    if (calibrated !== null) requireScore(calibrated[at]!, true, 'calibrated score', name, at);
  }
}

function requireScore(score: number, isProbability: boolean, what: string, task: string, at: number): void {
  if (isProbability ? score >= 0 && score <= 1 : Number.isFinite(score)) return;
  const expected = isProbability ? 'a probability in [0, 1]' : 'a finite number';
  throw invalid(`${what} of place ${at} for task ${task} is ${score}: expected ${expected}`, { at, task, score });
}

function checkSegmentation({ name, names, codes }: Segmentation, places: number): void {
  requireLength(`codes of segmentation ${name}`, codes.length, places);
  if (names.length > NO_SEGMENT)
    throw invalid(`segmentation ${name} has ${names.length} segments: at most ${NO_SEGMENT} can be told apart`);
  for (const [at, segment] of names.entries()) {
    if (segment === '' || names.indexOf(segment) !== at) {
      throw invalid(`segment ${at} of ${name} is named ${JSON.stringify(segment)}: names must be different and not empty`, {
        name,
        segment,
      });
    }
  }
  for (let at = 0; at < places; at++) {
    const code = codes[at]!;
    if (code >= names.length && code !== NO_SEGMENT) {
      throw invalid(`code of place ${at} in segmentation ${name} is ${code}: there are ${names.length} names (${NO_SEGMENT} for none)`, {
        at,
        name,
        code,
      });
    }
  }
}

function requireNames(what: string, named: readonly { readonly name: string }[]): void {
  for (const [at, { name }] of named.entries()) {
    if (name !== '' && named.findIndex((other) => other.name === name) === at) continue;
    throw invalid(`${what} ${at} is named ${JSON.stringify(name)}: names must be different and not empty`, { name });
  }
}

function requireLength(name: string, length: number, places: number): void {
  if (length !== places) throw invalid(`${name} holds ${length} values for ${places} places: give one each`, { name, length, places });
}
