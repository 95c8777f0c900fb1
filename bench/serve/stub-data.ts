import { createRandom } from '../../src/base/random.ts';
import type { ServingData } from '../../src/app/server/serving-data.ts';

/** Data of ml-1m's shape (users, items, histories from 20 on with a median of 96 and a heavy tail) with nothing in it. */
export function stubData(): ServingData {
  const random = createRandom(1, 'stub-data');
  const userCount = 6040;
  const itemCount = 3416;
  const offsets = new Int32Array(userCount + 1);
  for (let user = 0; user < userCount; user++) {
    offsets[user + 1] = offsets[user]! + Math.round(Math.min(2300, Math.max(20, 96 * Math.exp(1.1 * random.normal()))));
  }
  return {
    userIds: Array.from({ length: userCount }, (_, user) => `${user + 1}`),
    itemIds: Array.from({ length: itemCount }, (_, item) => `${item + 1}`),
    offsets,
    items: Int32Array.from({ length: offsets[userCount]! }, () => random.integer(itemCount)),
    timesMs: null,
  };
}
