/**
 * Times one training step of ours (batch in, loss out, parameters updated) and prints JSON.
 *
 *     node bench/train/our-step.ts sasrec|hstu|mlp|ranker --steps 20 --warmup 5 --seed 1
 */
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/base/random.ts';
import { hstu } from '../../src/learn/models/hstu.ts';
import { sasrec } from '../../src/learn/models/sasrec.ts';
import { nextItemLoss, type LossConfig } from '../../src/learn/training/next-item-loss.ts';
import { input } from '../../src/learn/tensor/leaf.ts';
import { adam } from '../../src/learn/tensor/optimizers/adam.ts';
import { compileTrainingStep } from '../../src/learn/tensor/training-step.ts';
import type { TensorValue } from '../../src/learn/tensor/program.ts';
import { timeMlp } from './our-mlp.ts';
import { timeRanker } from './our-ranker.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: '20' },
    warmup: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
  },
});
const model = positionals[0] ?? 'sasrec';
const [steps, warmup, seed, threads] = [values.steps, values.warmup, values.seed, values.threads].map(Number) as [
  number,
  number,
  number,
  number,
];
const itemCount = 3417;
const random = createRandom(seed, 'bench');

/** Ids 1 … count, id i drawn in proportion to 1 / i. */
function zipf(count: number): () => number {
  const edges = new Float64Array(count);
  let total = 0;
  for (let id = 0; id < count; id++) edges[id] = total += 1 / (id + 1);
  return () => {
    const wanted = random.next() * total;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edges[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

function sequenceFeeds(batch: number, length: number, loss: LossConfig): Record<string, TensorValue> {
  const draw = zipf(itemCount);
  const items = new Int32Array(batch * length);
  const targets = new Int32Array(batch * length);
  for (let row = 0; row < batch; row++) {
    let item = draw();
    for (let at = 0; at < length; at++) {
      items[row * length + at] = item;
      targets[row * length + at] = item = draw();
    }
  }
  const feeds: Record<string, TensorValue> = {
    items: { data: items, shape: [batch, length] },
    positions: { data: Int32Array.from(items.keys()), shape: [items.length] },
    targetItems: { data: targets, shape: [items.length] },
  };
  if (loss.kind === 'sampled-softmax') {
    const total = Array.from({ length: itemCount }, (_, id) => 1 / (id + 1)).reduce((a, b) => a + b);
    const logQ = (item: number) => Math.log(1 / item / total);
    const negatives = Int32Array.from({ length: loss.negatives }, draw);
    feeds['negatives'] = { data: negatives, shape: [loss.negatives] };
    feeds['negativeLogQ'] = { data: Float32Array.from(negatives, logQ), shape: [loss.negatives] };
    feeds['targetLogQ'] = { data: Float32Array.from(targets, logQ), shape: [targets.length] };
  }
  return feeds;
}

async function timeSequenceModel(): Promise<number[]> {
  const inputs = { items: input('items', 'int32', ['batch', 'length']), seconds: null };
  const shared = { itemCount, dimension: 64, blocks: 2, heads: 1, dropout: 0.2, scoring: { kind: 'dot' } as const };
  const isHstu = model === 'hstu';
  const loss: LossConfig = isHstu ? { kind: 'sampled-softmax', negatives: 128, sampling: 'popularity' } : { kind: 'full-softmax' };
  const length = isHstu ? 200 : 50;
  const encoded = isHstu
    ? hstu({ ...shared, maxLength: length, queryDimension: 64, valueDimension: 64 }, inputs)
    : sasrec({ ...shared, maxLength: length }, inputs);
  const step = await compileTrainingStep({ loss: nextItemLoss(encoded, loss), optimizer: adam(), learningRate: () => 1e-3, seed, threads });
  const times: number[] = [];
  for (let count = 0; count < warmup + steps; count++) {
    const feeds = sequenceFeeds(128, length, loss);
    const start = performance.now();
    const { loss: value } = await step.run(feeds);
    times.push(performance.now() - start);
    if (!Number.isFinite(value)) throw new Error(`loss is ${value}`);
  }
  return times.slice(warmup);
}

async function timeModel(): Promise<number[]> {
  if (model === 'mlp') return timeMlp({ steps, warmup, seed, threads, zipf, random });
  return model === 'ranker' ? timeRanker({ steps, warmup, seed, threads }) : timeSequenceModel();
}

const times = (await timeModel()).sort((a, b) => a - b);
const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
console.log(JSON.stringify({ model, engine: 'nisus', medianMs: at(0.5), leastMs: at(0), p10Ms: at(0.1), p90Ms: at(0.9), steps, threads }));
