import { createRandom } from '../../src/base/random.ts';
import type { ServingData } from '../../src/app/server/serving-data.ts';

/** Data of ml-1m's shape (users, items, lengths from 20 on, heavy-tailed) with nothing in it. */
export function stubData(): ServingData {
  const random = createRandom(1, 'stub-data');
  const userCount = 6040;
  const itemCount = 3416;
  const offsets = new Int32Array(userCount + 1);
  for (let user = 0; user < userCount; user++) {
    offsets[user + 1] = offsets[user]! + Math.min(2000, Math.round(20 * (1 - random.next()) ** -0.8));
  }
  return {
    userIds: Array.from({ length: userCount }, (_, user) => `${user + 1}`),
    itemIds: Array.from({ length: itemCount }, (_, item) => `${item + 1}`),
    offsets,
    items: Int32Array.from({ length: offsets[userCount]! }, () => random.integer(itemCount)),
    timesMs: null,
  };
}
