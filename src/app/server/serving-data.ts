import { NisusError } from '../../base/error.ts';
import type { InteractionDataset } from '../../data/interactions/interaction-dataset.ts';

/** Thrown when what is to be served does not fit together. */
export class ServingDataError extends NisusError {
  constructor(message: string, fields: Record<string, unknown>) {
    super('SERVING_DATA', message, { fields });
  }
}

/** The part of a data set that serving reads: ids, each user's history, and titles where there are any. */
export type ServingData = Pick<InteractionDataset, 'userIds' | 'itemIds' | 'offsets' | 'items' | 'timesMs' | 'itemTitles'>;

/** Known items of a history, oldest first, and their times where the data has any. */
export interface KnownHistory {
  readonly items: Int32Array;
  readonly timesMs: Float64Array | null;
}

/**
 * From id to index.
 *
 * @throws ServingDataError when an id stands twice
 */
export function indexIds(kind: 'user' | 'item', ids: readonly string[]): ReadonlyMap<string, number> {
  const indices = new Map<string, number>();
  for (const [index, id] of ids.entries()) {
    if (indices.has(id)) throw new ServingDataError(`${kind} id "${id}" stands twice; ids have to be unique`, { id });
    indices.set(id, index);
  }
  return indices;
}

/** A user's history as views into the data set: nothing is copied. */
export function historyOfUser(data: ServingData, user: number): KnownHistory {
  const from = data.offsets[user]!;
  const to = data.offsets[user + 1]!;
  return { items: data.items.subarray(from, to), timesMs: data.timesMs?.subarray(from, to) ?? null };
}

/** How often each item was interacted with, `[itemCount]`: the scores of the popularity fallback. */
export function countInteractions(data: ServingData): Float32Array {
  const counts = new Float32Array(data.itemIds.length);
  for (const item of data.items) counts[item]! += 1;
  return counts;
}
