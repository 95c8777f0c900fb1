import { NisusError } from '../../../base/error.ts';
import type { TaskLabels } from '../../actions/impression-lists.ts';
import { rankingBatches, rankingRows, type RankingRow } from '../../actions/ranking-rows.ts';
import { rankingFeeds, type RankingBatch, type RankingNoise, type RankingSource } from '../../actions/ranking-feeds.ts';
import type { TensorValue } from '../../tensor/tensor-value.ts';
import { namedMasks, needsLists, type CompositeLossConfig } from '../composite-loss/composite-loss-config.ts';
import { listPlaces, listPlacesFeed } from '../composite-loss/list-places.ts';
import { maskFeed, taskFeeds } from '../task-loss.ts';
import type { LoopBatch } from '../training-loop.ts';
import type { RankerTrainingConfig } from './ranker-training-config.ts';

/** Pages with what came of them: what a ranking model learns from, or is judged by. */
export interface RankingExamples {
  readonly source: RankingSource;
  /** Numbers of pages, ascending. */
  readonly lists: Int32Array;
  /** By task, a label a place of `source.pages`. */
  readonly labels: TaskLabels;
  /** What each place counts in the losses, 0 or more. @default 1 each */
  readonly weights?: Float32Array;
  /** Masks that a loss names, `[places]` each: 1 where a place counts, 0 where not. @default none */
  readonly masks?: Readonly<Record<string, Float32Array>>;
}

/** How examples are cut into batches. */
export type RankingBatching = Pick<RankerTrainingConfig, 'rows' | 'batch' | 'seed'> & {
  readonly model: Pick<RankerTrainingConfig['model'], 'encoder' | 'idDropout'>;
};

/** The rows of examples. */
export function rowsOf({ source, lists }: RankingExamples, { rows, model }: RankingBatching): RankingRow[] {
  return rankingRows(source.sequences, source.pages, lists, { maxLength: model.encoder.maxLength, candidatesMax: rows.candidatesMax });
}

/** The batches of an epoch: a step's feeds with labels and masks of each task. */
export function* trainingBatches(
  examples: RankingExamples,
  rows: readonly RankingRow[],
  loss: CompositeLossConfig,
  config: RankingBatching,
  place: { readonly epoch: number; readonly firstBatch: number; readonly nextStep: number },
): Generator<LoopBatch> {
  const batches = rankingBatches(rows, { ...config.batch, seed: config.seed }, place.epoch);
  for (let at = place.firstBatch; at < batches.length; at++) {
    const noise: RankingNoise = {
      idDropout: config.model.idDropout,
      seed: config.seed,
      step: place.nextStep + at - place.firstBatch,
    };
    const batch = rankingFeeds(examples.source, examples.lists, batches[at]!, noise);
    Object.assign(batch.feeds, lossFeeds(examples, loss, batch, config.rows.listPlaces));
    yield { examples: batch.places.length, feeds: batch.feeds };
  }
}

/** What a loss is fed of a batch: labels and masks of each task, named masks, and which examples are on one page. */
export function lossFeeds(
  { labels, weights, masks = {} }: RankingExamples,
  loss: CompositeLossConfig,
  { places, pageOffsets }: RankingBatch,
  listSize: number,
): Record<string, TensorValue> {
  const shape = [places.length];
  const feeds: Record<string, TensorValue> = {};
  for (const { name: task } of loss.tasks) {
    const own = labels[task]!;
    const label = new Float32Array(places.length);
    const mask = new Float32Array(places.length);
    for (let at = 0; at < places.length; at++) {
      const value = own[places[at]!]!;
      if (Number.isNaN(value)) continue;
      label[at] = value;
      mask[at] = weights === undefined ? 1 : weights[places[at]!]!;
    }
    const names = taskFeeds(task);
    feeds[names.label] = { data: label, shape };
    feeds[names.mask] = { data: mask, shape };
  }
  for (const mask of namedMasks(loss)) feeds[maskFeed(mask)] = { data: Float32Array.from(places, (place) => masks[mask]![place]!), shape };
  if (needsLists(loss)) {
    const pages = Array.from({ length: pageOffsets.length - 1 }, (_, page) => {
      const first = pageOffsets[page]!;
      return Int32Array.from({ length: Math.min(listSize, pageOffsets[page + 1]! - first) }, (_unused, at) => first + at);
    });
    feeds[listPlacesFeed] = listPlaces(pages, listSize);
  }
  return feeds;
}

/**
 * Checks that a loss can be computed on examples.
 *
 * @throws {RankingExamplesError} for labels or masks that are missing or not as long as there are places, or no pages
 */
export function checkRankingExamples(what: string, examples: RankingExamples, loss: CompositeLossConfig): void {
  const { source, lists, labels, masks = {}, weights } = examples;
  const count = source.pages.subjects.length;
  if (lists.length === 0) throw new RankingExamplesError(what, 'there are no pages; take a longer time, or an earlier cut', {});
  const check = (name: string, column: Float32Array | undefined) => {
    if (column === undefined)
      throw new RankingExamplesError(what, `there is no column of ${name}; give one, or leave it out of the loss`, { name });
    if (column.length === count) return;
    throw new RankingExamplesError(what, `${column.length} values of ${name} stand beside ${count} places; give one a place`, { name });
  };
  for (const { name } of loss.tasks) check(`labels of task "${name}"`, labels[name]);
  for (const mask of namedMasks(loss)) check(`mask "${mask}"`, masks[mask]);
  if (weights !== undefined) check('weights', weights);
}

/**
 * The tasks that examples can judge: those that happened on some of their places and not on others.
 *
 * @throws {RankingExamplesError} where there is none
 */
export function judgedTasks(what: string, { source, lists, labels }: RankingExamples, tasks: readonly string[]): readonly string[] {
  const { offsets } = source.pages;
  const judged = tasks.filter((task) => {
    const own = labels[task]!;
    let [happened, not] = [false, false];
    for (const list of lists) {
      for (let place = offsets[list]!; place < offsets[list + 1]!; place++) {
        happened ||= own[place]! > 0;
        not ||= own[place]! < 1;
      }
    }
    return happened && not;
  });
  if (judged.length > 0) return judged;
  throw new RankingExamplesError(
    what,
    `none of the tasks ${tasks.join(', ')} both happened and did not happen on them, so nothing can be judged; take a longer time, or other tasks`,
    { tasks },
  );
}

/** Thrown when pages cannot teach or judge a ranking model. */
export class RankingExamplesError extends NisusError {
  constructor(what: string, problem: string, fields: Record<string, unknown>) {
    super('RANKING_EXAMPLES', `${what}: ${problem}`, { fields: { what, ...fields } });
  }
}
