import { RequestRejectedError } from './request-rejected-error.ts';
import type { RecommendRequest } from './recommend-schema.ts';
import type { KnownHistory } from './serving-data.ts';

/**
 * The known items of a history that came with a request; unknown ones are skipped.
 *
 * An entry without a time happened at the time of the one before it; before the first time given, at that first time;
 * where no time is given at all, at the time of the request.
 *
 * @throws RequestRejectedError when a time is earlier than one before it: the history is not oldest first
 */
export function readRawHistory(
  history: NonNullable<RecommendRequest['history']>,
  itemIndices: ReadonlyMap<string, number>,
  hasTimes: boolean,
  requestTimeMs: number,
): KnownHistory {
  const items: number[] = [];
  const timesMs: number[] = [];
  let timeMs = firstTimeMs(history) ?? requestTimeMs;
  for (const [at, entry] of history.entries()) {
    if (typeof entry !== 'string' && entry.timeMs !== undefined) {
      if (entry.timeMs < timeMs) {
        const message = `history[${at}].timeMs is ${entry.timeMs}, earlier than ${timeMs} before it; send the oldest first`;
        throw new RequestRejectedError(400, 'HISTORY_ORDER', message, { field: `history[${at}].timeMs` });
      }
      timeMs = entry.timeMs;
    }
    const item = itemIndices.get(typeof entry === 'string' ? entry : entry.itemId);
    if (item === undefined) continue;
    items.push(item);
    timesMs.push(timeMs);
  }
  return { items: Int32Array.from(items), timesMs: hasTimes ? Float64Array.from(timesMs) : null };
}

function firstTimeMs(history: NonNullable<RecommendRequest['history']>): number | undefined {
  for (const entry of history) {
    if (typeof entry !== 'string' && entry.timeMs !== undefined) return entry.timeMs;
  }
  return undefined;
}
