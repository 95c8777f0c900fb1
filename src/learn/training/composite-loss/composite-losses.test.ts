import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { near, openLoss } from '../../nn/losses/list-loss.fixture.ts';
import { listLossSchema } from '../../nn/losses/list-loss.ts';
import { gradients } from '../../tensor/gradient.ts';
import { constant, input } from '../../tensor/leaf.ts';
import { compileProgram, type Program, type TensorValue } from '../../tensor/program.ts';
import { onlyInputs } from '../../tensor/step-input.ts';
import { ShapeError, type Tensor } from '../../tensor/tensor.ts';
import { compositeLossSchema } from './composite-loss-config.ts';
import { CompositeLossError, compositeLosses } from './composite-losses.ts';
import { listPlaces, listPlacesFeed, ListPlacesError } from './list-places.ts';

const open: Program[] = [];
afterEach(async () => {
  for (const program of open.splice(0)) await program.close();
});

const logit = (task: string) => input(`logit/${task}`, 'float32', ['examples']);
const vector = (values: readonly number[]): TensorValue => ({ data: Float32Array.from(values), shape: [values.length] });

/** Values of a declaration's losses and terms over one batch, and the gradient of each loss for each task's logits. */
async function evaluate(
  declaration: object,
  logits: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, TensorValue>>,
  listSize: number | null = null,
) {
  const { losses, terms } = compositeLosses(compositeLossSchema.parse(declaration), logits, { listSize });
  const outputs: Record<string, Tensor> = { ...losses, ...terms };
  for (const [name, loss] of Object.entries(losses)) {
    const found = gradients(loss, Object.values(logits), { unconnected: 'zero' });
    Object.keys(logits).forEach((task, at) => (outputs[`gradient/${name}/${task}`] = found[at]!));
  }
  const program = await compileProgram(outputs, { threads: 1 });
  open.push(program);
  const results = await program.run(onlyInputs(program.inputs, feeds));
  return {
    value: (name: string) => Number(results[name]!.data[0]),
    gradient: (name: string, task: string) => Array.from(results[`gradient/${name}/${task}`]!.data as Float32Array),
    names: Object.keys(losses),
    terms: Object.keys(terms),
  };
}

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('terms over examples', () => {
  it('are means over the places that count, linear in any label', async () => {
    const row = fc.record({
      s: fc.double({ min: -5, max: 5, noNaN: true }),
      y: fc.constantFrom(0, 1, 0.25, 3.5),
      m: fc.constantFrom(0, 1, 0.5),
      z: fc.constantFrom(0, 1, 2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 7 }), async (rows) => {
        const declaration = {
          tasks: [{ name: 'trade', terms: [{ weight: 2 }, { mask: 'examined', weight: 0.5 }] }],
          constraints: [
            { name: 'few', task: 'trade', of: { kind: 'mean-probability' }, mask: 'examined', atMost: 0.25 },
            { name: 'good', task: 'trade', of: { kind: 'binary-cross-entropy' }, atMost: 0.5 },
          ],
        };
        const feeds = {
          'logit/trade': vector(rows.map(({ s }) => s)),
          'label/trade': vector(rows.map(({ y }) => y)),
          'mask/trade': vector(rows.map(({ m }) => m)),
          'places/examined': vector(rows.map(({ z }) => z)),
        };
        const found = await evaluate(declaration, { trade: logit('trade') }, feeds);
        const mean = (of: (row: (typeof rows)[number]) => number, weight: (row: (typeof rows)[number]) => number) => {
          const total = rows.reduce((sum, each) => sum + weight(each), 0);
          return total === 0 ? null : rows.reduce((sum, each) => sum + weight(each) * of(each), 0) / total;
        };
        const bce = ({ s, y }: (typeof rows)[number]) => softplus(s) - y * s;
        const all = mean(bce, ({ m }) => m);
        const examined = mean(bce, ({ m, z }) => m * z);
        const probability = mean(
          ({ s }) => sigmoid(s),
          ({ m, z }) => m * z,
        );
        expect(near(found.value('trade'), 2 * (all ?? 0) + 0.5 * (examined ?? 0))).toBe(true);
        expect(near(found.value('trade/binary-cross-entropy'), all ?? 0)).toBe(true);
        expect(near(found.value('trade/binary-cross-entropy/examined'), examined ?? 0)).toBe(true);
        // Nobody counts: exactly 0, which moves no multiplier.
        if (probability === null) expect(found.value('constraint/few')).toBe(0);
        else expect(near(found.value('constraint/few'), probability / 0.25 - 1, 4)).toBe(true);
        if (all === null) expect(found.value('constraint/good')).toBe(0);
        else expect(near(found.value('constraint/good'), all / 0.5 - 1, 4)).toBe(true);
        expect(found.gradient('trade', 'trade').every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 25, seed: 3 },
    );
  });

  it('stand in the order of the declaration, constraints last; terms are told where a task has several', async () => {
    const declaration = {
      tasks: [{ name: 'like' }, { name: 'click', terms: [{}, { loss: { kind: 'softmax' } }] }],
      constraints: [{ name: 'few', task: 'like', of: { kind: 'mean-probability' }, atMost: 0.1 }],
    };
    const feeds = {
      ...Object.fromEntries(
        ['like', 'click'].flatMap((task) => ['logit', 'label', 'mask'].map((kind) => [`${kind}/${task}`, vector([1, 0])])),
      ),
      [listPlacesFeed]: listPlaces([[0, 1]], 2),
    };
    const { names, terms, gradient } = await evaluate(declaration, { click: logit('click'), like: logit('like') }, feeds);
    expect(names).toEqual(['like', 'click', 'constraint/few']);
    expect(terms).toEqual(['click/binary-cross-entropy', 'click/softmax']);
    expect(gradient('click', 'like')).toEqual([0, 0]);
    expect(gradient('constraint/few', 'like')[0]).toBeGreaterThan(0);
  });
});

describe('terms over lists', () => {
  // Examples stand in another order than the lists' places, and example 3 in no list.
  const lists = [[4, 0, 2], [5, 1], [6], [7, 8]];
  const scores = [0.5, -1, 2, 9, 0.25, 1.5, -0.5, 0.75, -2];
  const labels = [1, 0, 0, 1, -3, 2, 1, 0, 0];
  const mask = [1, 1, 0.5, 1, 1, 1, 1, 1, 1];
  const feeds = {
    'logit/click': vector(scores),
    'label/click': vector(labels),
    'mask/click': vector(mask),
    'places/most': vector([1, 1, 1, 1, 1, 1, 1, 0, 1]),
    [listPlacesFeed]: listPlaces(lists, 4),
  };

  it.each([
    { kind: 'bce' },
    { kind: 'softmax' },
    { kind: 'list-mle' },
    { kind: 'p-list-mle' },
    { kind: 'list-net' },
    { kind: 'approx-ndcg' },
    { kind: 'lambda-loss' },
  ])('$kind: the mean over lists that teach, of the losses of the gathered lists', async (config) => {
    const loss = listLossSchema.parse(config);
    const direct = await openLoss(loss, 4);
    const padded = (values: readonly number[], rows: readonly number[]) =>
      Array.from({ length: 4 }, (_, at) => (at < rows.length ? values[rows[at]!]! : 0));
    const plain = lists.map((rows) => ({
      scores: padded(scores, rows),
      labels: padded(
        labels.map((label) => Math.max(0, label)),
        rows,
      ),
      mask: padded(
        mask.map((weight) => (weight > 0 ? 1 : 0)),
        rows,
      ),
      weights: padded(mask, rows),
    }));
    const wanted = await direct.run(plain);
    await direct.close();
    const teaching = config.kind === 'bce' ? 4 : 2;
    const { value, gradient } = await evaluate(
      { tasks: [{ name: 'click', terms: [{ loss: config }] }] },
      { click: logit('click') },
      feeds,
      4,
    );
    expect(near(value('click'), wanted.losses.reduce((a, b) => a + b) / teaching)).toBe(true);
    const found = gradient('click', 'click');
    const expected = new Array<number>(scores.length).fill(0);
    lists.forEach((rows, list) => rows.forEach((row, at) => (expected[row] = wanted.gradients[list]![at]! / teaching)));
    expected.forEach((wantedValue, row) => expect(near(found[row]!, wantedValue), `row ${row}`).toBe(true));
    expect(found[3]).toBe(0);
  });

  it('of JRC take two logits, and its score is calibrated by terms over examples', async () => {
    const config = { kind: 'jrc', calibration: 0.25 } as const;
    const two = scores.flatMap((score, row) => [row / 10, score + row / 10]);
    const declaration = { tasks: [{ name: 'click', terms: [{ loss: config }, {}] }] };
    const wide = input('logit/click', 'float32', ['examples', 2]);
    const found = await evaluate(
      declaration,
      { click: wide },
      { ...feeds, 'logit/click': { data: Float32Array.from(two), shape: [9, 2] } },
    );
    const total = mask.reduce((a, b) => a + b);
    const bce = scores.reduce((sum, s, row) => sum + mask[row]! * (softplus(s) - labels[row]! * s), 0) / total;
    expect(near(found.value('click/binary-cross-entropy'), bce)).toBe(true);
    expect(found.value('click/jrc')).toBeGreaterThan(0);
    expect(() => compositeLosses(compositeLossSchema.parse(declaration), { click: logit('click') })).toThrow(
      /jrc at top level: needs two logits an example, \[examples, 2\]; give those of withSecondLogits/,
    );
  });

  it('a batch without anything to teach gives exactly 0, no gradient, and an excess of 0', async () => {
    const declaration = {
      tasks: [{ name: 'click', terms: [{ loss: { kind: 'softmax' }, mask: 'none' }] }],
      constraints: [{ name: 'ranked', task: 'click', of: { kind: 'softmax' }, mask: 'none', atMost: 0.5 }],
    };
    const { value, gradient } = await evaluate(
      declaration,
      { click: logit('click') },
      { ...feeds, 'places/none': vector(mask.map(() => 0)) },
    );
    expect([value('click'), value('constraint/ranked')]).toEqual([0, 0]);
    expect(gradient('click', 'click')).toEqual(mask.map(() => 0));
  });

  it('a place that does not count is as padding', async () => {
    const declaration = { tasks: [{ name: 'click', terms: [{ loss: { kind: 'bce' }, mask: 'most' }] }] };
    const moved = { ...feeds, 'logit/click': vector(scores.with(7, 30)) };
    const [a, b] = [
      await evaluate(declaration, { click: logit('click') }, feeds),
      await evaluate(declaration, { click: logit('click') }, moved),
    ];
    expect(b.value('click')).toBe(a.value('click'));
    expect(a.gradient('click', 'click')[7]).toBe(0);
  });
});

describe('refused are', () => {
  it('a task without logits', () => {
    const declaration = compositeLossSchema.parse({ tasks: [{ name: 'click' }, { name: 'hide' }] });
    expect(() => compositeLosses(declaration, { click: constant([1]) })).toThrow(CompositeLossError);
    expect(() => compositeLosses(declaration, { click: constant([1]) })).toThrow(
      'the loss declares task "hide", but logits are given for "click"; declare the tasks of the model',
    );
  });

  it('a loss that sorts over lists of no fixed size', () => {
    const declaration = compositeLossSchema.parse({ tasks: [{ name: 'click', terms: [{ loss: { kind: 'lambda-loss' } }] }] });
    expect(() => compositeLosses(declaration, { click: logit('click') })).toThrow(ShapeError);
  });

  it('lists that are too long, or rows that are none', () => {
    expect(() => listPlaces([[0], [1, 2, 3]], 2)).toThrow(ListPlacesError);
    expect(() => listPlaces([[0], [1, 2, 3]], 2)).toThrow('list 1 has 3 examples but 2 places');
    expect(() => listPlaces([[-1]], 2)).toThrow('list 0 has example row -1 at place 0');
  });
});
