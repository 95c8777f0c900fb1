import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linear } from '../nn/linear.ts';
import { inLayer } from './layer-path.ts';
import { constant, input, parameter } from './leaf.ts';
import { add, multiply } from './operators/binary.ts';
import { gatherRows } from './operators/index-operators.ts';
import { mean, sum } from './operators/reduce.ts';
import { log, sqrt, square } from './operators/unary.ts';
import { adam } from './optimizers/adam.ts';
import { constantSchedule } from './optimizers/schedule.ts';
import { DuplicateParameterError } from './parameters.ts';
import { FeedError, IndexOutOfRangeError, type TensorValue } from './program.ts';
import { ExplodingGradientError, NonFiniteError } from './step-diagnosis.ts';
import { compileTrainingStep, type TrainingStep } from './training-step.ts';
import { ones } from './initializers.ts';

const batch = 4;
/** log(1 + x · embedding of the item), through two layers; x decides what goes wrong. */
function model() {
  const x = input('x', 'float32', ['batch', 2]);
  const items = input('items', 'int32', ['batch']);
  const rows = inLayer('item', () => gatherRows(parameter('embedding', [5, 2], ones), items));
  const hidden = linear('hidden', multiply(x, rows), 3, { initializer: ones });
  const safe = inLayer('likelihood', () => log(add(sum(hidden, { axes: [1] }), constant(1))));
  return mean(safe);
}

let step: TrainingStep;
let before: string;
const stateText = () => JSON.stringify(step.state(), (_key, value: unknown) => (value instanceof Float32Array ? Array.from(value) : value));
const feeds = (x: readonly number[], items: readonly number[] = [0, 1, 2, 3]): Record<string, TensorValue> => ({
  x: { data: Float32Array.from(x), shape: [batch, 2] },
  items: { data: Int32Array.from(items), shape: [batch] },
});
const good = [1, 2, 1, 2, 1, 2, 1, 2];

beforeEach(async () => {
  step = await compileTrainingStep({ loss: model(), optimizer: adam(), learningRate: constantSchedule(1e-3), seed: 1, explodingNorm: 1e3 });
  await step.run(feeds(good));
  before = stateText();
});
afterEach(() => step.close());

/** The error, after which the state must be what it was and the next good step must work. */
async function failure(given: Record<string, TensorValue>): Promise<unknown> {
  let thrown: unknown;
  await step.run(given).catch((error: unknown) => (thrown = error));
  expect(stateText()).toBe(before);
  expect((await step.run(feeds(good))).loss).toBeGreaterThan(0);
  return thrown;
}

describe('a training step that fails leaves its state, and says', () => {
  it('where a NaN began: step, layer, operator and batch rows', async () => {
    const error = (await failure(feeds([1, 2, -9, -9, 1, 2, -9, -9]))) as NonFiniteError;
    expect(error).toBeInstanceOf(NonFiniteError);
    expect(error.code).toBe('TRAINING_NON_FINITE');
    expect(error.fields).toMatchObject({ step: 2, tensor: 'log of layer "likelihood"', rows: [1, 3] });
    expect(error.message).toContain(
      'step 2: loss is NaN; the first value that is not finite is in log of layer "likelihood", batch rows 1, 3.',
    );
  });

  it('which fed rows hold a NaN already', async () => {
    const error = (await failure(feeds([1, 2, 1, 2, Number.NaN, 2, 1, 2]))) as NonFiniteError;
    expect(error).toBeInstanceOf(NonFiniteError);
    expect(error.fields).toMatchObject({ step: 2, tensor: 'input "x"', rows: [2] });
  });

  it('which parameter’s gradient is not finite under a finite loss', async () => {
    await step.close();
    const w = parameter('weight', [2], ones);
    // √ at 0 under a product with 0: the loss is 0, its gradient 0 · ∞.
    const loss = sum(multiply(sqrt(multiply(w, input('x', 'float32', [2]))), constant(1)));
    step = await compileTrainingStep({ loss, optimizer: adam(), learningRate: constantSchedule(1e-3), seed: 1 });
    const zero = { x: { data: Float32Array.of(4, 0), shape: [2] } };
    await expect(step.run(zero)).rejects.toThrow(NonFiniteError);
    await expect(step.run(zero)).rejects.toThrow(
      'step 1: loss is 2; the first value that is not finite is in the gradient of "weight" (rows are the parameter\'s), batch rows 1.',
    );
    expect(step.state().step).toBe(0);
  });

  it('which parameter has the largest share of an exploding gradient', async () => {
    await step.close();
    const [small, large] = [parameter('small', [1], ones), parameter('large', [1], ones)];
    const x = input('x', 'float32', [1]);
    const loss = sum(add(small, square(multiply(large, x))));
    step = await compileTrainingStep({ loss, optimizer: adam(), learningRate: constantSchedule(1e-3), seed: 1, explodingNorm: 100 });
    const error = (await step
      .run({ x: { data: Float32Array.of(100), shape: [1] } })
      .catch((thrown: unknown) => thrown)) as ExplodingGradientError;
    expect(error).toBeInstanceOf(ExplodingGradientError);
    expect(error.fields).toMatchObject({
      step: 1,
      parameter: 'large',
      norm: expect.closeTo(20_000, 0),
      parameterNorm: expect.closeTo(20_000, 0),
    });
    expect(step.state().step).toBe(0);
  });

  it.each([5, -1])('which id is outside which table, and in which row of the batch: %i', async (id) => {
    const error = (await failure(feeds(good, [0, 1, id, 3]))) as IndexOutOfRangeError;
    expect(error).toBeInstanceOf(IndexOutOfRangeError);
    expect(error.message).toBe(`input "items" holds ${id} at [2] (batch row 2), but parameter "item.embedding" has rows 0 to 4`);
  });

  it.each<[string, Record<string, TensorValue>, string]>([
    ['is missing', { x: feeds(good)['x']! }, 'input "items": is not fed'],
    [
      'has another rank',
      { ...feeds(good), items: { data: new Int32Array(4), shape: [4, 1] } },
      'input "items": shape [4, 1] does not fit [batch]',
    ],
    [
      'has another fixed size',
      { ...feeds(good), x: { data: new Float32Array(12), shape: [4, 3] } },
      'input "x": shape [4, 3] does not fit [batch, 2]',
    ],
    [
      'has another type',
      { ...feeds(good), items: { data: new Float32Array(4), shape: [4] } },
      'input "items": needs int32, got Float32Array',
    ],
    [
      'has fewer values than its shape',
      { ...feeds(good), items: { data: new Int32Array(3), shape: [4] } },
      'input "items": shape [4] needs 4 values, got 3',
    ],
  ])('which feed %s', async (_what, given, message) => {
    const error = (await failure(given)) as FeedError;
    expect(error).toBeInstanceOf(FeedError);
    expect(error.message).toBe(message);
  });

  it('which two feeds disagree on a size', async () => {
    const error = (await failure({ ...feeds(good), items: { data: new Int32Array(3), shape: [3] } })) as FeedError;
    expect(error).toBeInstanceOf(FeedError);
    expect(error.message).toMatch(/"batch" is \d here but \d in input "(x|items)"/);
  });
});

it('refuses two parameters of one name', async () => {
  const loss = sum(add(parameter('weight', [1], ones), parameter('weight', [1], ones)));
  await expect(compileTrainingStep({ loss, optimizer: adam(), learningRate: constantSchedule(1), seed: 1 })).rejects.toThrow(
    DuplicateParameterError,
  );
});
