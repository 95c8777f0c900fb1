import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { input } from '../../tensor/leaf.ts';
import { initialParameters, parameterLayout, parameterView } from '../../tensor/parameters.ts';
import { compileProgram, type Program, type TensorValue } from '../../tensor/program.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { din } from './din.ts';
import { hardSearchFound } from './hard-search.ts';
import type { CandidateEncoder, EmbeddedRanking } from './ranking-inputs.ts';
import { sim } from './sim.ts';
import { softSearch } from './soft-search.ts';

const [dimension, k] = [8, 3];

function embedded(): EmbeddedRanking {
  return {
    actions: input('actions', 'float32', ['batch', 'length', dimension]),
    candidates: input('candidates', 'float32', ['batch', 'candidates', dimension]),
    actionSeconds: input('actionSeconds', 'int32', ['batch', 'length']),
    candidateSeconds: input('candidateSeconds', 'int32', ['batch', 'candidates']),
    visible: input('visible', 'int32', ['batch', 'candidates']),
  };
}

const window: CandidateEncoder = (inner) => din({ activationHidden: [6, 4], pooling: 'sum', dropout: 0 }, inner);
const sizes = { heads: 2, headDimension: 4, timeDimension: 3, dropout: 0 };
const encoders: Record<string, () => Tensor> = {
  'din with sums': () => window(embedded()),
  'din with softmax': () => din({ activationHidden: [6], pooling: 'softmax', dropout: 0 }, embedded()),
  'sim with soft search': () => {
    const inner = embedded();
    return sim(sizes, inner, window, softSearch({ found: k, searchDimension: 5, auxiliaryHidden: [4] }, inner).found);
  },
  'sim with hard search': () => {
    const places = input('places', 'int32', ['batch', 'candidates', k]);
    const gaps = input('intervals', 'int32', ['batch', 'candidates', k]);
    return sim(sizes, embedded(), window, hardSearchFound(input('found', 'float32', ['found', dimension]), { places, gaps }));
  },
};

interface Sizes {
  readonly batch: number;
  readonly length: number;
  readonly count: number;
  readonly seed: number;
}

type Feeds = Record<string, { data: Float32Array | Int32Array; shape: number[] }>;

function feedsOf({ batch, length, count, seed }: Sizes): Feeds {
  const random = createRandom(seed, 'feeds');
  const floats = (...shape: number[]) => ({ data: Float32Array.from({ length: product(shape) }, () => random.normal()), shape });
  const whole = (bound: number, ...shape: number[]) => ({
    data: Int32Array.from({ length: product(shape) }, () => random.integer(bound)),
    shape,
  });
  return {
    actions: floats(batch, length, dimension),
    candidates: floats(batch, count, dimension),
    actionSeconds: whole(1_000_000, batch, length),
    candidateSeconds: { ...whole(1_000_000, batch, count) },
    visible: whole(length + 1, batch, count),
    found: floats(10, dimension),
    places: whole(10, batch, count, k),
    intervals: whole(64, batch, count, k),
  };
}

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

const inputSizes = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  length: fc.integer({ min: k, max: 9 }),
  count: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(1_000),
});
const settings = { numRuns: 25, seed: 4 };

describe.each(Object.entries(encoders))('%s', (_name, build) => {
  let program: Program;
  beforeAll(async () => {
    const output = build();
    const layout = parameterLayout([output]);
    const values = initialParameters(layout, 3);
    program = await compileProgram({ output }, { threads: 1, parameterValue: (name) => parameterView(layout, values, name)! });
  });
  afterAll(() => program.close());

  const encode = async (feeds: Feeds): Promise<TensorValue & { readonly data: Float32Array }> => {
    const { output } = await program.run(Object.fromEntries(program.inputs.map(({ name }) => [name, feeds[name]!])));
    return output as TensorValue & { readonly data: Float32Array };
  };

  it('says the same of a candidate in any company', async () => {
    await fc.assert(
      fc.asyncProperty(inputSizes, fc.nat(), async (shape, chosen) => {
        const feeds = feedsOf(shape);
        const together = await encode(feeds);
        const [row, column] = [chosen % shape.batch, Math.floor(chosen / shape.batch) % shape.count];
        const cell = row * shape.count + column;
        const alone = await encode(aloneIn(feeds, shape, row, column));
        const width = together.data.length / (shape.batch * shape.count);
        expectNear(alone.data, together.data.subarray(cell * width, (cell + 1) * width));
      }),
      settings,
    );
  });

  it('does not see actions beyond the visible ones, nor padding behind the history', async () => {
    await fc.assert(
      fc.asyncProperty(inputSizes, fc.nat(4), async (shape, padding) => {
        const feeds = feedsOf(shape);
        const before = await encode(feeds);
        const changed = withRest(feeds, shape, padding);
        const after = await encode(changed);
        expectNear(after.data, before.data);
      }),
      settings,
    );
  });

  it('sees the visible ones', async () => {
    const shape = { batch: 1, length: 6, count: 1, seed: 1 };
    const feeds = feedsOf(shape);
    feeds['visible']!.data[0] = 4;
    feeds['places']!.data.set([3, 2, 0]);
    const before = await encode(feeds);
    for (let element = 0; element < dimension; element++) {
      feeds['actions']!.data[3 * dimension + element]! += 1;
      feeds['found']!.data[3 * dimension + element]! += 1;
    }
    const after = await encode(feeds);
    expect(Math.max(...after.data.map((value, at) => Math.abs(value - before.data[at]!)))).toBeGreaterThan(1e-3);
  });
});

/** One candidate of one row, without its company. */
function aloneIn(feeds: Feeds, { count }: Sizes, row: number, column: number): Feeds {
  const cell = row * count + column;
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { data, shape }]) => {
      if (name === 'found') return [name, { data, shape }];
      const perCandidate = !name.startsWith('action');
      const width = product(shape.slice(perCandidate ? 2 : 1));
      const at = perCandidate ? cell : row;
      return [
        name,
        { data: data.slice(at * width, (at + 1) * width), shape: [1, ...(perCandidate ? [1] : []), ...shape.slice(perCandidate ? 2 : 1)] },
      ];
    }),
  );
}

/** Other actions from the row's last visible one on, and further ones behind. */
function withRest(feeds: Feeds, { batch, length, count, seed }: Sizes, padding: number): Feeds {
  const other = feedsOf({ batch, length: length + padding, count, seed: seed + 5_000 });
  for (let row = 0; row < batch; row++) {
    const kept = Math.max(...feeds['visible']!.data.subarray(row * count, (row + 1) * count));
    for (const [name, width] of [
      ['actions', dimension],
      ['actionSeconds', 1],
    ] as const) {
      const from = row * length * width;
      other[name]!.data.set(feeds[name]!.data.subarray(from, from + kept * width), row * (length + padding) * width);
    }
  }
  return { ...feeds, actions: other['actions']!, actionSeconds: other['actionSeconds']! };
}

function expectNear(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((value, at) => expect(Math.abs(actual[at]! - value), `element ${at}`).toBeLessThan(1e-5 * scale));
}

describe('softSearch', () => {
  it('finds what a full sort of the visible actions finds', async () => {
    const search = softSearch({ found: k, searchDimension: 5, auxiliaryHidden: [4] }, embedded());
    const outputs = { foundActions: search.found.actions, mask: search.found.mask, relevance: search.relevance };
    const layout = parameterLayout(Object.values(outputs));
    const values = initialParameters(layout, 3);
    const program = await compileProgram(outputs, { threads: 1, parameterValue: (name) => parameterView(layout, values, name)! });
    await fc.assert(
      fc.asyncProperty(inputSizes, async (shape) => {
        const { batch, length, count } = shape;
        const feeds = feedsOf(shape);
        const results = await program.run(Object.fromEntries(program.inputs.map(({ name }) => [name, feeds[name]!])));
        for (let cell = 0; cell < batch * count; cell++) {
          const visible = feeds['visible']!.data[cell]!;
          const relevance = (results['relevance']!.data as Float32Array).subarray(cell * length, cell * length + visible);
          const best = [...relevance.keys()].sort((a, b) => relevance[b]! - relevance[a]!).slice(0, k);
          const row = Math.floor(cell / count);
          for (let at = 0; at < k; at++) {
            expect(Number(results['mask']!.data[cell * k + at])).toBe(at < best.length ? 1 : 0);
            if (at >= best.length) continue;
            const from = (row * length + best[at]!) * dimension;
            const found = (cell * k + at) * dimension;
            expect(results['foundActions']!.data.slice(found, found + dimension)).toEqual(
              feeds['actions']!.data.slice(from, from + dimension),
            );
          }
        }
      }),
      settings,
    );
    await program.close();
  });
});
