import type { ImpressionPages } from './impression-pages.ts';
import { labelsAsOf, type LabelCounts, type LabelOptions, type TaskLabels } from './labels-as-of.ts';
import { TaskLabelsError } from './task-errors.ts';
import type { TaskOutcomes } from './task-outcomes.ts';

/** Where training ends and where validation does. */
export interface ListCuts {
  /** Pages asked for before it are for training. */
  readonly trainUntilMs: number;
  /** Those from there on, but before this moment, for validation, later ones for the test. */
  readonly validationUntilMs: number;
}

/** Some lists of many, by number, ascending. */
export interface ListSelection {
  readonly lists: Int32Array;
}

/** {@link splitListsByTime}'s result: every list stands in exactly one part. */
export interface ListSplit extends ListCuts {
  readonly train: ListSelection;
  readonly validation: ListSelection;
  readonly test: ListSelection;
}

/**
 * Splits pages by when they were asked for.
 *
 * @throws {TaskLabelsError} where the cuts are not in order
 */
export function splitListsByTime(pages: Pick<ImpressionPages, 'listCount' | 'timesMs'>, cuts: ListCuts): ListSplit {
  const { trainUntilMs, validationUntilMs } = cuts;
  if (!(trainUntilMs <= validationUntilMs)) {
    throw new TaskLabelsError('validationUntilMs', validationUntilMs, `a time not before trainUntilMs (${trainUntilMs})`);
  }
  const between = (fromMs: number, untilMs: number): ListSelection => {
    const lists = new Int32Array(pages.listCount);
    let count = 0;
    for (let list = 0; list < pages.listCount; list++) {
      if (pages.timesMs[list]! >= fromMs && pages.timesMs[list]! < untilMs) lists[count++] = list;
    }
    return { lists: lists.slice(0, count) };
  };
  return {
    trainUntilMs,
    validationUntilMs,
    train: between(-Infinity, trainUntilMs),
    validation: between(trainUntilMs, validationUntilMs),
    test: between(validationUntilMs, Infinity),
  };
}

/** Labels of a split, and what there is of them. */
export interface SplitLabels {
  /** `[places]` by task: each place's label as of the moment of its part. */
  readonly labels: TaskLabels;
  readonly counts: { readonly [Part in 'train' | 'validation' | 'test']: Readonly<Record<string, LabelCounts>> };
}

/** How the parts of a split are labelled. */
export interface SplitLabelOptions extends Omit<LabelOptions, 'asOfMs' | 'lists' | 'correction'> {
  /** Of the training part; the others are measured on outcomes that were waited for. @default 'closed-window' */
  readonly correction?: LabelOptions['correction'];
  /** When the log ends: `ActionData.endMs`. Windows that end later are open. */
  readonly endMs: number;
  /**
   * As of when validation's labels are. With `validationUntilMs`, all that is chosen by validation could have been chosen before the
   * test's time began; then a task whose window is longer than the validation part has no label there. @default endMs
   */
  readonly validationAsOfMs?: number;
}

/**
 * Labels of all parts in one: training as it could be known at `trainUntilMs`, so that no training label holds what came after the cut;
 * validation and the test, which measure, as of the log's end.
 *
 * @throws {TaskLabelsError}
 */
export function labelsOfSplit(
  outcomes: TaskOutcomes,
  pages: Pick<ImpressionPages, 'offsets' | 'positions' | 'seenMs' | 'knownMs'>,
  split: ListSplit,
  { endMs, validationAsOfMs = endMs, correction = 'closed-window', ...rest }: SplitLabelOptions,
): SplitLabels {
  const train = labelsAsOf(outcomes, pages, { ...rest, correction, asOfMs: split.trainUntilMs, lists: split.train.lists });
  const validation = labelsAsOf(outcomes, pages, { ...rest, asOfMs: validationAsOfMs, lists: split.validation.lists });
  const test = labelsAsOf(outcomes, pages, { ...rest, asOfMs: endMs, lists: split.test.lists });
  for (const [part, { lists }] of [
    [validation, split.validation],
    [test, split.test],
  ] as const) {
    for (const { name } of outcomes.tasks) copyLists(part.labels[name]!, train.labels[name]!, pages.offsets, lists);
  }
  return { labels: train.labels, counts: { train: train.counts, validation: validation.counts, test: test.counts } };
}

function copyLists(from: Float32Array, into: Float32Array, offsets: Int32Array, lists: Int32Array): void {
  for (const list of lists) into.set(from.subarray(offsets[list], offsets[list + 1]), offsets[list]);
}
