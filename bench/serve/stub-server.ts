/**
 * The whole HTTP server over a stand-in for the model (a product of the mean of the last items' vectors with all item
 * vectors, on the main thread). For trying the benchmark itself, and for the cost of everything but the model.
 */
import { createRandom } from '../../src/base/random.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createServer } from '../../src/app/server/create-server.ts';
import { createRecommendationService } from '../../src/app/server/recommendation-service.ts';
import type { Ranker } from '../../src/learn/interaction-sequences.ts';
import { stubData } from './stub-data.ts';

const dim = 16;
const data = stubData();
const itemCount = data.itemIds.length;
const random = createRandom(2, 'stub-vectors');
const vectors = Float32Array.from({ length: itemCount * dim }, () => random.normal());
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

const ranker: Ranker = {
  name: 'stub',
  itemCount,
  async score({ histories }) {
    const scores = new Float32Array(histories.length * itemCount);
    for (const [row, history] of histories.entries()) {
      const query = new Float32Array(dim);
      for (const item of history.subarray(-50)) for (let at = 0; at < dim; at++) query[at]! += vectors[item * dim + at]!;
      for (let item = 0; item < itemCount; item++) {
        let sum = 0;
        for (let at = 0; at < dim; at++) sum += query[at]! * vectors[item * dim + at]!;
        scores[row * itemCount + item] = sum;
      }
    }
    return scores;
  },
};

const server = await createServer({
  service: createRecommendationService({ ranker, data, clock, model: { name: 'stub', revision: '0' } }),
  clock,
  logger: silentLogger,
  random: createRandom(3, 'request-id'),
});
process.stdout.write(`listening on ${server.url}\n`);
process.once('SIGTERM', () => void server.close());
