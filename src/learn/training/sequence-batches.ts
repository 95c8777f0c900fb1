import { createRandom } from '../../base/random.ts';
import type { InteractionSequences } from '../interaction-sequences.ts';
import { fillSeconds } from '../nn/event-seconds.ts';

/** A stretch of one user's history: rows `start … stop - 1` of the sequences. */
interface Window {
  readonly start: number;
  readonly stop: number;
}

/** One step's histories, padded on the right. */
export interface SequenceBatch {
  readonly batchSize: number;
  readonly length: number;
  /** int32 `[batch, length]`: 0 for padding, item index + 1. */
  readonly items: Int32Array;
  /** int32 `[batch, length + 1]`, seconds since the row's first event; null where the data has no times. */
  readonly seconds: Int32Array | null;
  /** int32 `[targets]`: flat positions (row · length + place) that have a next item. */
  readonly positions: Int32Array;
  /** int32 `[targets]`: the next item's index + 1. */
  readonly targetItems: Int32Array;
}

/** How histories become batches. */
export interface SequenceBatchOptions {
  readonly batchSize: number;
  /** Positions in a row; a window takes one event more, the last target. */
  readonly maxLength: number;
  readonly windows: 'one' | 'cover' | 'last';
  readonly seed: number;
}

/** Batches sorted together by length before their order is shuffled: enough to cut padding, few enough to mix users. */
const batchesSortedTogether = 16;

/**
 * The batches of one epoch, the same for the same seed and epoch. Histories of similar length stand in one batch, so
 * that little is padding; the order of batches and the members of each change from epoch to epoch.
 *
 * Holds one list of windows; batches are filled when they are taken, from `firstBatch` on.
 */
export function* sequenceBatches(
  sequences: InteractionSequences,
  options: SequenceBatchOptions,
  epoch: number,
  firstBatch = 0,
): Generator<SequenceBatch> {
  const groups = groupWindows(sequences, options, epoch);
  for (const group of groups.slice(firstBatch)) yield fillBatch(sequences, group);
}

/** How many batches an epoch has. */
export function batchCount(sequences: InteractionSequences, options: SequenceBatchOptions, epoch: number): number {
  return groupWindows(sequences, options, epoch).length;
}

function groupWindows(sequences: InteractionSequences, options: SequenceBatchOptions, epoch: number): Window[][] {
  const random = createRandom(options.seed, 'batches', epoch);
  const windows = cutWindows(sequences, options, random);
  const order = Int32Array.from(windows.keys());
  random.shuffle(order);
  const groups: Window[][] = [];
  const span = options.batchSize * batchesSortedTogether;
  for (let at = 0; at < order.length; at += span) {
    const together = Array.from(order.subarray(at, at + span), (index) => windows[index]!);
    together.sort((a, b) => a.stop - a.start - (b.stop - b.start) || a.start - b.start);
    for (let from = 0; from < together.length; from += options.batchSize) groups.push(together.slice(from, from + options.batchSize));
  }
  const batchOrder = Int32Array.from(groups.keys());
  random.shuffle(batchOrder);
  return Array.from(batchOrder, (index) => groups[index]!);
}

function cutWindows(
  sequences: InteractionSequences,
  { maxLength, windows: policy }: SequenceBatchOptions,
  random: { integer(bound: number): number },
): Window[] {
  const size = maxLength + 1;
  const windows: Window[] = [];
  for (let user = 0; user < sequences.userCount; user++) {
    const [first, end] = [sequences.offsets[user]!, sequences.offsets[user + 1]!];
    const events = end - first;
    if (events < 2) continue;
    if (events <= size || policy === 'last') {
      windows.push({ start: Math.max(first, end - size), stop: end });
      continue;
    }
    if (policy === 'one') {
      const start = first + random.integer(events - size + 1);
      windows.push({ start, stop: start + size });
      continue;
    }
    // Windows overlap by the one event that is target in the first and history in the second; the cut moves by epoch.
    for (let stop = end - random.integer(maxLength); stop > first + 1; stop -= maxLength) {
      windows.push({ start: Math.max(first, stop - size), stop });
    }
    windows.push({ start: end - size, stop: end });
  }
  return windows;
}

function fillBatch(sequences: InteractionSequences, windows: readonly Window[]): SequenceBatch {
  const length = Math.max(...windows.map(({ start, stop }) => stop - start - 1));
  const targetCount = windows.reduce((total, { start, stop }) => total + stop - start - 1, 0);
  const items = new Int32Array(windows.length * length);
  const seconds = sequences.timesMs === null ? null : new Int32Array(windows.length * (length + 1));
  const positions = new Int32Array(targetCount);
  const targetItems = new Int32Array(targetCount);
  let target = 0;
  windows.forEach(({ start, stop }, row) => {
    for (let at = start; at < stop - 1; at++) {
      const place = row * length + at - start;
      items[place] = sequences.items[at]! + 1;
      positions[target] = place;
      targetItems[target++] = sequences.items[at + 1]! + 1;
    }
    if (seconds !== null)
      fillSeconds(seconds.subarray(row * (length + 1), (row + 1) * (length + 1)), sequences.timesMs!.subarray(start, stop));
  });
  return { batchSize: windows.length, length, items, seconds, positions, targetItems };
}
