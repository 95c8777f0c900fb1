import { createRandom } from '../../base/random.ts';
import type { HistoryBatch } from '../interaction-sequences.ts';
import { initialParameters, parameterLayout, parameterView } from '../tensor/parameters.ts';
import type { ModelConfig } from './model-config.ts';
import { scoringGraph } from './scoring-graph.ts';

const sizes = { maxLength: 12, dimension: 8, blocks: 2, heads: 2, dropout: 0.3 } as const;

/** Every kind of graph that is served, small. */
export const servedConfigs: Readonly<Record<string, ModelConfig>> = {
  sasrec: { kind: 'sasrec', ...sizes, scoring: { kind: 'dot' } },
  hstu: { kind: 'hstu', ...sizes, queryDimension: 3, valueDimension: 5, timeBias: false, scoring: { kind: 'dot' } },
  'hstu-time-cosine': {
    kind: 'hstu',
    ...sizes,
    queryDimension: 3,
    valueDimension: 5,
    timeBias: true,
    scoring: { kind: 'cosine', temperature: 0.05 },
  },
};

/** Parameters as far from their beginnings as those of a trained model, so that each of them shows in the scores. */
export function randomParameters(
  config: ModelConfig,
  itemCount: number,
  seed: number,
): { flat: Float32Array; value: (name: string) => Float32Array | null } {
  const layout = parameterLayout([scoringGraph(config, itemCount)]);
  const random = createRandom(seed, 'served-parameters');
  const flat = initialParameters(layout, seed).map((value) => value + 0.4 * random.normal());
  return { flat, value: (name) => parameterView(layout, flat, name) };
}

/** Histories of the given lengths, with times that rise by seconds to months and a request after each. */
export function randomHistories(
  lengths: readonly number[],
  itemCount: number,
  seed: number,
): HistoryBatch & { timesMs: Float64Array[]; requestTimesMs: Float64Array } {
  const random = createRandom(seed, 'served-histories');
  const timesMs: Float64Array[] = [];
  const requestTimesMs = new Float64Array(lengths.length);
  const histories = lengths.map((length, row) => {
    let nowMs = 1_700_000_000_000 + random.integer(1_000_000);
    const step = () => (nowMs += 1000 * Math.round(Math.exp(random.next() * 15)));
    timesMs.push(Float64Array.from({ length }, step));
    requestTimesMs[row] = step();
    return Int32Array.from({ length }, () => random.integer(itemCount));
  });
  return { histories, timesMs, requestTimesMs };
}
