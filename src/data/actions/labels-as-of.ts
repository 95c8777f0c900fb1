import { deriveKey, uint32At } from '../../base/counter-random.ts';
import { delayDistribution } from './delay-distribution.ts';
import type { ImpressionPages } from './impression-pages.ts';
import { horizonOf, type TaskDeclaration } from './task-declaration.ts';
import { TaskLabelsError } from './task-errors.ts';
import type { TaskOutcomes } from './task-outcomes.ts';

/** `[places]` by task: 1, 0, NaN where a place has no label, 1/F where a delay is corrected for. The learning wing's `TaskLabels`. */
export type TaskLabels = Readonly<Record<string, Float32Array>>;

/** What is done with places whose outcome may still come. */
export type DelayCorrection = 'closed-window' | 'inverse-delay';

/** As of when labels are, and what becomes of open windows. */
export interface LabelOptions {
  /** Nothing received at this moment or later is looked at. Infinity: all that the log tells, every window closed. */
  readonly asOfMs: number;
  /** @default 'closed-window' */
  readonly correction?: DelayCorrection;
  /**
   * How long after the end of a window, and after the impression itself was received, an outcome is still waited for: what happened in
   * the window is told late. @default 60_000
   */
  readonly latenessMs?: number;
  /** `inverse-delay`: smallest F that is divided by; where less is known, a place has no label. No label is above 1 / floor. @default 0.1 */
  readonly floor?: number;
  /** `inverse-delay`: delays that F needs; with fewer, open places have no label. @default 50 */
  readonly minimumDelays?: number;
  /** Lists whose places get labels; all others NaN. F is estimated on all lists. @default all */
  readonly lists?: Int32Array;
}

/** What {@link labelsAsOf} did with a task's places, of the lists asked for. */
export interface LabelCounts {
  readonly positives: number;
  readonly negatives: number;
  /** Places that have the task, but no label yet. */
  readonly open: number;
  /** Positives above 1. */
  readonly corrected: number;
}

/** {@link labelsAsOf}'s result. */
export interface LabelsAsOf {
  readonly labels: TaskLabels;
  readonly counts: Readonly<Record<string, LabelCounts>>;
}

const DEFAULT_LATENESS_MS = 60_000;
const DEFAULT_FLOOR = 0.1;
const DEFAULT_MINIMUM_DELAYS = 50;

/**
 * Labels as the platform knew them at a moment T = `asOfMs`. A place is known when its impression was received before T, an outcome
 * when it was; places that were not known are NaN. A place's window is *closed* when T ≥ max(seen + horizon, known) + lateness: it is
 * then 1 or 0 for good, but for what is told later still. Open ones depend on the `correction`:
 *
 * - `closed-window`: NaN, those with an outcome too, for otherwise the young places would be all positives. Unbiased; forgets what is
 *   youngest.
 * - `inverse-delay`: an outcome that is known counts 1 / F(e), with e = T − seen the time *elapsed* (not the outcome's own delay) and
 *   F(e) = P(delay < e | there is an outcome); a place without one counts 0. Let p be the chance that the place has an outcome and
 *   the delay independent of the place given that: y = 1 / F(e) with probability p · F(e), else 0, so E[y] = p. Binary cross-entropy
 *   with logits is softplus(z) − y · z, linear in y, with gradient sigmoid(z) − y: the expected loss and gradient are those of the
 *   outcomes as they will once be. Whether a place has a label depends on e alone, never on the outcome. F is the empirical one of
 *   the delays of places whose windows are closed. A single place's loss with y > 1 has no lower bound; that of many like
 *   places together has one.
 *
 *   A `return` is left as with `closed-window`: when it comes the hour of the day decides, of which a place's e and its delay both tell,
 *   so that its delay is not independent of the place (in the demo world the labels of places seen 13 to 18 h before were 0.67 to 1.47
 *   times the outcomes, by the hour of T). F is each task's own.
 *
 * Whether somebody returns is one outcome of a page, not one of each of its places: of the places that were known, one has the label of a
 * `return`, drawn by its position and the moment it was seen, so that all positions are asked about, and the same again each time.
 *
 * Source: the importance weights of feedback shift (Yasui, Morishita, Fujita, Shibata, "A Feedback Shift Correction in Predicting
 * Conversion Rates under Delayed Feedback", WWW 2020), with the delay's distribution alone, which needs no model; the unbiased
 * estimate of a conversion by its delay's distribution as in Badanidiyuru et al., "Handling many conversions per click in modeling
 * delayed feedback", 2021. Variance grows with 1 / F, hence the floor.
 *
 * Cost: linear in tasks × places, a sort of the delays.
 *
 * @throws {TaskLabelsError} for an option out of range
 */
export function labelsAsOf(
  outcomes: TaskOutcomes,
  pages: Pick<ImpressionPages, 'offsets' | 'positions' | 'seenMs' | 'knownMs'>,
  options: LabelOptions,
): LabelsAsOf {
  const { asOfMs, correction = 'closed-window', latenessMs = DEFAULT_LATENESS_MS } = options;
  const { floor = DEFAULT_FLOOR, minimumDelays = DEFAULT_MINIMUM_DELAYS } = options;
  if (Number.isNaN(asOfMs)) throw new TaskLabelsError('asOfMs', asOfMs, 'a time in milliseconds');
  if (!(latenessMs >= 0 && latenessMs < Infinity)) throw new TaskLabelsError('latenessMs', latenessMs, 'a number from 0');
  if (!(floor > 0 && floor <= 1)) throw new TaskLabelsError('floor', floor, 'a number above 0 up to 1');
  if (!(Number.isInteger(minimumDelays) && minimumDelays >= 1)) {
    throw new TaskLabelsError('minimumDelays', minimumDelays, 'a whole number from 1');
  }
  const asked = askedPlaces(pages.offsets, options.lists);
  const labels: Record<string, Float32Array> = {};
  const counts: Record<string, LabelCounts> = {};
  for (const task of outcomes.tasks) {
    const delaysMs = outcomes.delaysMs[task.name]!;
    const phases = phasesOf(task, delaysMs, pages, asOfMs, latenessMs);
    if (task.kind === 'return') keepOneOfEachList(phases, pages);
    const values = new Float32Array(delaysMs.length).fill(NaN);
    let [positives, negatives, open, corrected] = [0, 0, 0, 0];
    const corrects = correction === 'inverse-delay' && task.kind !== 'return';
    const weightOf = corrects ? openWeights(phases, delaysMs, pages, asOfMs, minimumDelays) : () => 0;
    for (let place = 0; place < delaysMs.length; place++) {
      if (phases[place] === NO_LABEL || asked[place] === 0) continue;
      const elapsedMs = asOfMs - pages.seenMs[place]!;
      const share = phases[place] === CLOSED ? 1 : weightOf(elapsedMs);
      if (share < floor || share === 0) {
        open++;
        continue;
      }
      const isKnown = delaysMs[place]! < elapsedMs;
      values[place] = isKnown ? 1 / share : 0;
      if (isKnown) positives++;
      else negatives++;
      if (isKnown && share < 1) corrected++;
    }
    labels[task.name] = values;
    counts[task.name] = { positives, negatives, open, corrected };
  }
  return { labels, counts };
}

const NO_LABEL = 0;
const OPEN = 1;
const CLOSED = 2;

/** `[places]`: whether the window of each is open or closed; or it has none, or was not known yet. */
function phasesOf(
  task: TaskDeclaration,
  delaysMs: Float64Array,
  { seenMs, knownMs }: Pick<ImpressionPages, 'seenMs' | 'knownMs'>,
  asOfMs: number,
  latenessMs: number,
): Uint8Array {
  const horizonMs = horizonOf(task);
  const phases = new Uint8Array(delaysMs.length);
  for (let place = 0; place < delaysMs.length; place++) {
    if (Number.isNaN(delaysMs[place]!) || knownMs[place]! >= asOfMs) continue;
    const closesMs = Math.max(seenMs[place]! + horizonMs, knownMs[place]!) + latenessMs;
    phases[place] = asOfMs >= closesMs ? CLOSED : OPEN;
  }
  return phases;
}

const DRAW_KEY = deriveKey(0, 'place of a return');

/** Takes the label of all places of a list but one that has the task and is known. */
function keepOneOfEachList(
  phases: Uint8Array,
  { offsets, positions, seenMs }: Pick<ImpressionPages, 'offsets' | 'positions' | 'seenMs'>,
): void {
  for (let list = 0; list + 1 < offsets.length; list++) {
    let [kept, least] = [-1, Infinity];
    for (let place = offsets[list]!; place < offsets[list + 1]!; place++) {
      if (phases[place] === NO_LABEL) continue;
      const seen = seenMs[place]!;
      const drawn = uint32At(DRAW_KEY, positions[place]!, Math.floor(seen / 2 ** 32), seen % 2 ** 32);
      if (drawn < least) {
        if (kept >= 0) phases[kept] = NO_LABEL;
        [kept, least] = [place, drawn];
      } else phases[place] = NO_LABEL;
    }
  }
}

/** F(elapsed), from the places whose windows are closed; 0 where there are too few delays. */
function openWeights(
  phases: Uint8Array,
  delaysMs: Float64Array,
  { seenMs }: Pick<ImpressionPages, 'seenMs'>,
  asOfMs: number,
  minimumDelays: number,
): (elapsedMs: number) => number {
  const waitedFor = delaysMs.filter((delayMs, place) => phases[place] === CLOSED && delayMs < asOfMs - seenMs[place]!);
  const distribution = delayDistribution(waitedFor);
  return distribution.count < minimumDelays ? () => 0 : distribution.knownWithin;
}

/** `[places]`, 1 for those of the lists. */
function askedPlaces(offsets: Int32Array, lists: Int32Array | undefined): Uint8Array {
  const places = offsets.at(-1)!;
  if (lists === undefined) return new Uint8Array(places).fill(1);
  const asked = new Uint8Array(places);
  for (const list of lists) {
    if (!(list >= 0 && list + 1 < offsets.length)) {
      throw new TaskLabelsError('lists', list, `numbers of lists from 0 to ${offsets.length - 2}`);
    }
    asked.fill(1, offsets[list], offsets[list + 1]);
  }
  return asked;
}
