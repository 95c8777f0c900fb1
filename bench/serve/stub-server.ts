/**
 * The whole HTTP server over an untrained HSTU of the size of the published one: what it recommends means nothing, what
 * it costs is what a trained one costs.
 *
 *     node bench/serve/stub-server.ts [--threads 2] [--spin] [--rows 32] [--padding-share 0.25] [--padding-free 256]
 */
import { parseArgs } from 'node:util';
import { createServer } from '../../src/app/server/create-server.ts';
import { createRecommendationService } from '../../src/app/server/recommendation-service.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createRandom } from '../../src/base/random.ts';
import type { ModelConfig } from '../../src/learn/models/model-config.ts';
import { scoringGraph } from '../../src/learn/models/scoring-graph.ts';
import { scoreHistories } from '../../src/learn/models/sequence-scorer.ts';
import { initialParameters, parameterLayout } from '../../src/learn/tensor/parameters.ts';
import { compileProgram } from '../../src/learn/tensor/program.ts';
import { decimalNumbers } from '../decimal-numbers.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { stubData } from './stub-data.ts';

const { values: options } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    spin: { type: 'boolean', default: false },
    rows: { type: 'string', default: '32' },
    'padding-share': { type: 'string', default: '0.25' },
    'padding-free': { type: 'string', default: '256' },
  },
});
const number = wholeNumbers(options);

const config: ModelConfig = {
  kind: 'hstu',
  maxLength: 200,
  dimension: 64,
  blocks: 2,
  heads: 2,
  queryDimension: 32,
  valueDimension: 32,
  dropout: 0,
  scoring: { kind: 'dot' },
  timeBias: false,
};
const data = stubData();
const itemCount = data.itemIds.length;
const scores = scoringGraph(config, itemCount);
const layout = parameterLayout([scores]);
const parameters = initialParameters(layout, 1);
const program = await compileProgram(
  { scores },
  {
    threads: number('threads'),
    spin: options.spin,
    parameterValue(name) {
      const slot = layout.slots.find((slot) => slot.name === name);
      return slot === undefined ? null : parameters.subarray(slot.offset, slot.offset + slot.size);
    },
  },
);
const ranker = {
  name: 'untrained HSTU',
  itemCount,
  score: (batch: Parameters<typeof scoreHistories>[0]) =>
    scoreHistories(batch, {
      maxLength: config.maxLength,
      itemCount,
      times: false,
      run: async (feeds) => (await program.run(feeds))['scores']!.data as Float32Array,
    }),
};
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const server = await createServer({
  service: createRecommendationService({
    ranker,
    data,
    clock,
    model: { name: ranker.name, revision: '0' },
    historyLengthMax: config.maxLength,
    batching: {
      batchRowsMax: number('rows'),
      paddingShareMax: decimalNumbers(options)('padding-share'),
      paddingCellsFree: number('padding-free', 0),
    },
  }),
  clock,
  logger: silentLogger,
  random: createRandom(3, 'request-id'),
});
process.stdout.write(`listening on ${server.url}\n`);
process.once('SIGTERM', () => void server.close().then(() => program.close()));
