import type { Random } from '../../src/base/random.ts';
import type { ServingData } from '../../src/app/server/serving-data.ts';

/**
 * Bodies of recommend requests: half name a user drawn uniformly, half carry the history of such a user, cut at a random
 * length from 1 to all of it (at most `historyLengthMax`, the last items). Shuffled; no two need be alike.
 */
export function mixRequests(data: ServingData, random: Random, options: { count: number; k: number; historyLengthMax: number }): string[] {
  const { k } = options;
  return Array.from({ length: options.count }, () => {
    const user = random.integer(data.userIds.length);
    if (random.next() < 0.5) return JSON.stringify({ userId: data.userIds[user], k });
    const from = data.offsets[user]!;
    const length = data.offsets[user + 1]! - from;
    const cut = length === 0 ? 0 : 1 + random.integer(length);
    const items = data.items.subarray(from + Math.max(0, cut - options.historyLengthMax), from + cut);
    return JSON.stringify({ history: Array.from(items, (item) => data.itemIds[item]), k });
  });
}
