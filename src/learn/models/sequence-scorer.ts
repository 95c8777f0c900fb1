import type { HistoryBatch } from '../interaction-sequences.ts';
import type { TensorValue } from '../tensor/program.ts';
import { fillSeconds } from '../nn/event-seconds.ts';

/** Histories scored in one run of the graph: enough to fill the cores, few enough to stay in the cache. */
const rowsAtOnce = 64;

/** Runs the scoring graph on padded rows: feeds in, `[rows, itemCount]` out. */
export type ScoreRows = (feeds: Record<string, TensorValue>) => Promise<Float32Array>;

/**
 * Scores histories of any lengths: the latest `maxLength` events of each, rows of similar length together, so that
 * little is padding.
 *
 * @returns row-major `[histories, itemCount]`; the row of an empty history is all zeros
 */
export async function scoreHistories(
  batch: HistoryBatch,
  options: { readonly maxLength: number; readonly itemCount: number; readonly times: boolean; readonly run: ScoreRows },
): Promise<Float32Array> {
  const { maxLength, itemCount } = options;
  const scores = new Float32Array(batch.histories.length * itemCount);
  const order = [...batch.histories.keys()].filter((row) => batch.histories[row]!.length > 0);
  order.sort((a, b) => batch.histories[a]!.length - batch.histories[b]!.length);
  for (let at = 0; at < order.length; at += rowsAtOnce) {
    const rows = order.slice(at, at + rowsAtOnce);
    const result = await options.run(paddedFeeds(batch, rows, maxLength, options.times));
    rows.forEach((row, index) => scores.set(result.subarray(index * itemCount, (index + 1) * itemCount), row * itemCount));
  }
  return scores;
}

function paddedFeeds(batch: HistoryBatch, rows: readonly number[], maxLength: number, times: boolean): Record<string, TensorValue> {
  const lengths = Int32Array.from(rows, (row) => Math.min(maxLength, batch.histories[row]!.length));
  const length = lengths.reduce((a, b) => Math.max(a, b), 1);
  const items = new Int32Array(rows.length * length);
  const seconds = times ? new Int32Array(rows.length * (length + 1)) : null;
  rows.forEach((row, index) => {
    const history = batch.histories[row]!.slice(-maxLength);
    for (let place = 0; place < history.length; place++) items[index * length + place] = history[place]! + 1;
    if (seconds === null) return;
    const requestMs = batch.requestTimesMs?.[row];
    const past = batch.timesMs?.[row]?.slice(-maxLength) ?? new Float64Array(0);
    const all = requestMs === undefined ? past : Float64Array.of(...past, requestMs);
    fillSeconds(seconds.subarray(index * (length + 1), (index + 1) * (length + 1)), all);
  });
  const feeds: Record<string, TensorValue> = {
    items: { data: items, shape: [rows.length, length] },
    lengths: { data: lengths, shape: [rows.length] },
  };
  if (seconds !== null) feeds['seconds'] = { data: seconds, shape: [rows.length, length + 1] };
  return feeds;
}
