import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { gradients } from '../../tensor/gradient.ts';
import { input } from '../../tensor/leaf.ts';
import { compileProgram } from '../../tensor/program.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import type { ItemScoring } from '../similarity.ts';
import { listLossSchema, type ListLossConfig } from './list-loss.ts';
import { sampledListLoss } from './sampled-list.ts';

const [ITEMS, WIDTH] = [6, 3];
/** The second row's target stands twice among the negatives, the third's once. */
const TARGETS = [1, 2, 3];
const NEGATIVES = [2, 4, 3, 2, 5];
const random = createRandom(3, 'sampled list');
const draw = (count: number) => Float32Array.from({ length: count }, () => random.next() * 2 - 1);
const [hidden, table] = [draw(TARGETS.length * WIDTH), draw((ITEMS + 1) * WIDTH)];

/** Losses of the rows, and the gradient of their sum at rows and table. */
async function run(loss: ListLossConfig, scoring: ItemScoring, weight = new Float32Array(WIDTH * WIDTH), bias = new Float32Array(WIDTH)) {
  const rows = input('rows', 'float32', ['targets', WIDTH]);
  const items = input('table', 'float32', [ITEMS + 1, WIDTH]);
  const negatives = input('negatives', 'int32', [NEGATIVES.length]);
  const losses = sampledListLoss(rows, items, input('targetItems', 'int32', ['targets']), negatives, scoring, loss);
  const [toRows, toTable] = gradients(sum(losses), [rows, items]);
  const program = await compileProgram(
    { losses, toRows: toRows!, toTable: toTable! },
    { threads: 1, parameterValue: (name) => (name.endsWith('weight') ? weight : bias) },
  );
  const results = await program.run({
    rows: { data: hidden, shape: [TARGETS.length, WIDTH] },
    table: { data: table, shape: [ITEMS + 1, WIDTH] },
    targetItems: { data: Int32Array.from(TARGETS), shape: [TARGETS.length] },
    negatives: { data: Int32Array.from(NEGATIVES), shape: [NEGATIVES.length] },
  });
  await program.close();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array)]));
}

/** Each row's list as scores, the target's first; computed here. */
function lists(scoring: ItemScoring): number[][] {
  const vector = (from: Float32Array, at: number) => Array.from(from.subarray(at * WIDTH, (at + 1) * WIDTH));
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, value, at) => total + value * b[at]!, 0);
  const score = (row: number, item: number) => {
    const [h, e] = [vector(hidden, row), vector(table, item)];
    return scoring.kind === 'dot' ? dot(h, e) : dot(h, e) / Math.sqrt(dot(h, h) * dot(e, e)) / scoring.temperature;
  };
  return TARGETS.map((target, row) => [target, ...NEGATIVES.filter((item) => item !== target)].map((item) => score(row, item)));
}

const softplus = (x: number) => Math.log1p(Math.exp(x));
const logSumExp = (values: readonly number[]) => Math.log(values.reduce((total, value) => total + Math.exp(value), 0));
const meanBce = ([target, ...others]: readonly number[]) =>
  (softplus(-target!) + others.reduce((total, score) => total + softplus(score), 0)) / (others.length + 1);
const rounded = (values: readonly number[] | undefined) => values!.map((value) => Number(value.toFixed(3)));

describe.each([{ kind: 'dot' }, { kind: 'cosine', temperature: 0.3 }] as const)('a list of the target and negatives, $kind', (scoring) => {
  it('under softmax and BCE has the value of the formula, without the negatives that are the target', async () => {
    const softmax = await run({ kind: 'softmax' }, scoring);
    const expected = lists(scoring).map((list) => logSumExp(list) - list[0]!);
    expect(rounded(softmax['losses'])).toEqual(rounded(expected));
    expect(rounded((await run({ kind: 'bce' }, scoring))['losses'])).toEqual(rounded(lists(scoring).map(meanBce)));
    // Row 6 of the table is in no list.
    expect(softmax['toTable']!.slice(6 * WIDTH)).toEqual([0, 0, 0]);
  });

  it('under JRC has the model’s score as the difference of the logits, whatever the parameters of "not clicked"', async () => {
    const calibrationAlone = await run({ kind: 'jrc', calibration: 1 }, scoring, draw(WIDTH * WIDTH), draw(WIDTH));
    expect(rounded(calibrationAlone['losses'])).toEqual(rounded(lists(scoring).map(meanBce)));
    // With parameters of 0 the negatives compete evenly for "not clicked".
    const rankingAlone = await run({ kind: 'jrc', calibration: 0 }, scoring);
    const expected = lists(scoring).map((list) => (logSumExp(list) - list[0]! + (list.length - 1) * Math.log(list.length)) / list.length);
    expect(rounded(rankingAlone['losses'])).toEqual(rounded(expected));
  });

  it.each(['bce', 'softmax', 'list-mle', 'p-list-mle', 'list-net', 'approx-ndcg', 'lambda-loss', 'jrc'] as const)(
    'descent along the gradient of %s lets targets rise',
    async (kind) => {
      const { toRows } = await run(listLossSchema.parse({ kind }), scoring);
      const before = lists(scoring).map((list) => list[0]! - Math.max(...list.slice(1)));
      for (let at = 0; at < hidden.length; at++) hidden[at]! -= 0.01 * toRows![at]!;
      const after = lists(scoring).map((list) => list[0]! - Math.max(...list.slice(1)));
      for (let at = 0; at < hidden.length; at++) hidden[at]! += 0.01 * toRows![at]!;
      const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
      expect(total(after)).toBeGreaterThan(total(before));
    },
  );
});
