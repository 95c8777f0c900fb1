import { afterEach, describe, expect, it } from 'vitest';
import { alignedMtl } from '../training/gradient-conflict/aligned-mtl.ts';
import { gradVac } from '../training/gradient-conflict/gradvac.ts';
import { pcGrad } from '../training/gradient-conflict/pcgrad.ts';
import { plainSum } from '../training/gradient-conflict/plain-sum.ts';
import { fixedWeights } from '../training/loss-weights/fixed-weights.ts';
import { uncertaintyWeights } from '../training/loss-weights/uncertainty-weights.ts';
import { createDropoutPool } from './dropout-pool.ts';
import { gradients } from './gradient.ts';
import type { GradientStrategy } from './gradient-strategy.ts';
import { ones, zeros } from './initializers.ts';
import { constant, input, parameter } from './leaf.ts';
import { compileMultiTaskStep, type MultiTaskStep, type MultiTaskStepOptions } from './multi-task-step.ts';
import { itemTable, taskBatch, threeTasks } from './multi-task-run.fixture.ts';
import { add, multiply } from './operators/binary.ts';
import { sum } from './operators/reduce.ts';
import { log, sqrt, square } from './operators/unary.ts';
import { adam, adamW } from './optimizers/adam.ts';
import { constantSchedule } from './optimizers/schedule.ts';
import { sgd } from './optimizers/sgd.ts';
import { parameterLayout, parameterView, type ParameterLayout } from './parameters.ts';
import { compileProgram } from './program.ts';
import { ExplodingGradientError, NonFiniteError } from './step-diagnosis.ts';
import { MultiTaskError } from './task-gradients.ts';
import type { Tensor } from './tensor.ts';
import { compileTrainingStep } from './training-step.ts';

const open: { close(): Promise<void> }[] = [];
const keep = <T extends { close(): Promise<void> }>(opened: T): T => (open.push(opened), opened);
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

const compile = async (options: Partial<MultiTaskStepOptions> = {}): Promise<MultiTaskStep> =>
  keep(
    await compileMultiTaskStep({
      losses: threeTasks(),
      strategy: plainSum(),
      weights: fixedWeights(),
      optimizer: adam(),
      learningRate: constantSchedule(1e-2),
      seed: 7,
      ...options,
    }),
  );

/** A strategy that always gives these factors. */
const always = (...factors: readonly number[]): GradientStrategy => ({
  name: 'always',
  initialState: () => [],
  decide: () => ({ weights: Float64Array.from(factors), state: [] }),
});

const lambdas = [1, 0.3, 2.5];
const weightedSum = (losses: Readonly<Record<string, Tensor>>) =>
  Object.values(losses)
    .map((loss, task) => multiply(loss, constant(lambdas[task]!)))
    .reduce((total, loss) => add(total, loss));

describe('a step of several tasks with the strategy "sum"', () => {
  it.each([
    ['Adam', adam(), null],
    ['AdamW with decay', adamW({ weightDecay: 0.1 }), null],
    ['momentum with clipping', sgd({ momentum: 0.9 }), 0.05],
  ])('takes the steps of a training step on the weighted sum: %s', async (_what, optimizer, clipNorm) => {
    const table = itemTable();
    const other = itemTable();
    const common = { optimizer, clipNorm, learningRate: constantSchedule(1e-2), seed: 7 };
    const ours = await compile({
      ...common,
      losses: threeTasks({ table }),
      weights: fixedWeights(lambdas),
      tables: [{ rows: table, learningRate: constantSchedule(5e-3) }],
    });
    const loss = weightedSum(threeTasks({ table: other }));
    const single = keep(await compileTrainingStep({ ...common, loss, tables: [{ rows: other, learningRate: constantSchedule(5e-3) }] }));
    for (let step = 1; step <= 6; step++) {
      const batch = taskBatch(step);
      const ids = { item: { data: batch['items']!.data as Int32Array, shape: batch['items']!.shape } };
      const [a, b] = [await ours.run(batch, ids), await single.run(batch, ids)];
      expect(a.loss).toBeCloseTo(b.loss, 5);
      expect(a.gradientNorm / b.gradientNorm).toBeCloseTo(1, 5);
    }
    expect(ours.layers).toEqual(['embedding', 'trunk', 'table/item']);
    expect(ours.layout.size).toBe(single.layout.size);
    for (const { name } of single.layout.slots) {
      const wanted = parameterView(single.layout, single.state().parameters, name)!;
      const found = parameterView(ours.layout, ours.state().parameters, name)!;
      wanted.forEach((value, at) => expect(found[at], `${name}[${at}]`).toBeCloseTo(value, 5));
    }
    const all = Int32Array.from({ length: 30 }, (_, row) => row);
    const [rows, otherRows] = [new Float32Array(30 * table.table.storage.width), new Float32Array(30 * table.table.storage.width)];
    table.table.storage.read(all, rows);
    other.table.storage.read(all, otherRows);
    otherRows.forEach((value, at) => expect(rows[at]).toBeCloseTo(value, 5));
  });
});

describe('a step of several tasks', () => {
  it('knows what the tasks share, and measures it by layer', async () => {
    const step = await compile();
    expect(step.tasks).toEqual(['click', 'like', 'dwell']);
    expect(step.layers).toEqual(['embedding', 'trunk']);
    // One layout whatever the step: a scorer that reads these parameters knows nothing of tasks.
    const places = ({ slots }: ParameterLayout) => slots.map(({ name, offset, size }) => [name, offset, size]);
    expect(places(step.layout)).toEqual(places(parameterLayout(Object.values(threeTasks()))));
    const everything = await compile({ sharedParameters: () => true, layerOf: (name) => name.split('.')[0]! });
    expect(everything.layers).toEqual(['click', 'embedding', 'like', 'trunk']);
    // "click.hidden.weight" stands between "click.bias" and "click.weight" by name.
    const finer = await compile({ sharedParameters: () => true });
    expect(finer.layers).toEqual(['click', 'click.hidden', 'embedding', 'like', 'like.hidden', 'trunk']);
  });

  it('gives the inner products of the tasks’ gradients, weighted in total and plain by layer', async () => {
    const losses = threeTasks();
    const step = await compile({ losses, weights: fixedWeights(lambdas), seed: 9 });
    const before = step.state().parameters.slice();
    const batch = taskBatch(1);
    const slots = step.layout.slots.filter(({ name }) => /^(embedding|trunk)/.test(name));
    const program = keep(
      await compileProgram(
        Object.fromEntries(
          Object.values(losses).flatMap((loss, task) =>
            gradients(
              loss,
              slots.map(({ tensor }) => tensor),
            ).map((gradient, at) => [`${task}/${at}`, gradient]),
          ),
        ),
      ),
    );
    const masks = createDropoutPool(9).masks(program.inputs, 1, { batch: 16 });
    const parameters = Object.fromEntries(
      step.layout.slots.map(({ name, shape, offset, size }) => [name, { data: before.subarray(offset, offset + size), shape }]),
    );
    const feeds = Object.fromEntries(program.inputs.map(({ name }) => [name, batch[name] ?? masks[name] ?? parameters[name]!]));
    const values = await program.run(feeds);
    const { measures } = await step.run(batch);
    const product = (i: number, j: number, chosen: readonly number[]) =>
      chosen.reduce((total, at) => {
        const [a, b] = [values[`${i}/${at}`]!.data as Float32Array, values[`${j}/${at}`]!.data as Float32Array];
        return total + a.reduce((part, value, k) => part + value * b[k]!, 0);
      }, 0);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const whole = product(i, j, [0, 1, 2]);
        expect(measures.gram[i * 3 + j]).toBeCloseTo(whole * lambdas[i]! * lambdas[j]!, 6);
        expect(measures.layerGrams[i * 3 + j]).toBeCloseTo(product(i, j, [0]), 6);
        expect(measures.layerGrams[9 + i * 3 + j]).toBeCloseTo(product(i, j, [1, 2]), 6);
      }
    }
    expect([...measures.lossWeights]).toEqual(lambdas);
  });

  it('moves shared parameters along Σ wᵢ λᵢ gᵢ and the others along Σ λᵢ gᵢ', async () => {
    const [a, b] = [parameter('a', [2], ones), parameter('b', [2], ones)];
    const x = input('x', 'float32', [2]);
    const losses = { first: sum(multiply(multiply(a, b), x)), second: sum(square(a)) };
    const step = await compile({
      losses,
      strategy: always(0.5, -2),
      weights: fixedWeights([3, 7]),
      optimizer: sgd(),
      learningRate: constantSchedule(0.1),
    });
    const { loss, measures } = await step.run({ x: { data: Float32Array.of(1, 10), shape: [2] } });
    expect(loss).toBeCloseTo(3 * 11 + 7 * 2, 5);
    // ∂first/∂a = b x = (1, 10), ∂second/∂a = 2 a = (2, 2); ∂first/∂b = a x.
    const view = (name: string) => [...parameterView(step.layout, step.state().parameters, name)!];
    expect(view('a')[0]).toBeCloseTo(1 - 0.1 * (0.5 * 3 * 1 - 2 * 7 * 2), 5);
    expect(view('a')[1]).toBeCloseTo(1 - 0.1 * (0.5 * 3 * 10 - 2 * 7 * 2), 5);
    expect(view('b')[0]).toBeCloseTo(1 - 0.1 * 3 * 1, 5);
    expect(view('b')[1]).toBeCloseTo(1 - 0.1 * 3 * 10, 5);
    expect([...measures.gram]).toEqual([9 * 101, 21 * 22, 21 * 22, 49 * 8]);
  });

  it('gives the same bytes for one seed, and goes on from a state that went through JSON', async () => {
    const options = { strategy: gradVac({ beta: 0.3 }), weights: uncertaintyWeights({ learningRate: 0.05 }), threads: 2 };
    const unbroken = await compile(options);
    for (let step = 1; step <= 5; step++) await unbroken.run(taskBatch(step));
    const { step: taken, parameters, optimizer, tasks } = unbroken.state();
    const copy = {
      step: taken,
      parameters: parameters.slice(),
      optimizer: Object.fromEntries(Object.entries(optimizer).map(([name, vector]) => [name, vector.slice()])),
      tasks: JSON.parse(JSON.stringify(tasks)) as NonNullable<typeof tasks>,
    };
    const resumed = await compile(options);
    resumed.restore(copy);
    for (let step = 6; step <= 12; step++) {
      const [a, b] = [await unbroken.run(taskBatch(step)), await resumed.run(taskBatch(step))];
      expect(b.measures).toEqual(a.measures);
    }
    expect(Buffer.from(resumed.state().parameters.buffer)).toEqual(Buffer.from(unbroken.state().parameters.buffer));
    expect(resumed.state().tasks).toEqual(unbroken.state().tasks);
    expect(unbroken.state().tasks!.strategy.some((value) => value !== 0)).toBe(true);
  });

  it('draws the random order of the tasks from seed and step', async () => {
    const run = async (seed: number) => {
      const step = await compile({ strategy: pcGrad(), seed });
      const weights: number[][] = [];
      for (let at = 1; at <= 4; at++) weights.push([...(await step.run(taskBatch(at))).measures.strategyWeights]);
      return weights;
    };
    expect(await run(7)).toEqual(await run(7));
  });

  it('trains one task alone, whatever the strategy', async () => {
    const { click } = threeTasks();
    const step = await compile({ losses: { click }, strategy: alignedMtl() });
    const { measures } = await step.run(taskBatch(1));
    expect(step.layers).toContain('trunk');
    expect([...measures.strategyWeights]).toEqual([1]);
  });
});

describe('a step of several tasks that fails leaves its state, and says', () => {
  const [w, x] = [parameter('w', [2], ones), input('x', 'float32', [2])];
  const feeds = (...values: readonly number[]) => ({ x: { data: Float32Array.from(values), shape: [2] } });

  it('where a loss is not finite', async () => {
    const losses = { fine: sum(multiply(w, x)), broken: sum(log(multiply(w, x))) };
    const step = await compile({ losses, strategy: gradVac() });
    await step.run(feeds(1, 2));
    const before = JSON.stringify(step.state());
    await expect(step.run(feeds(1, -2))).rejects.toThrow(NonFiniteError);
    await expect(step.run(feeds(1, -2))).rejects.toThrow(/step 2: loss is NaN; the first value that is not finite is in log/);
    expect(JSON.stringify(step.state())).toBe(before);
    expect((await step.run(feeds(1, 2))).loss).toBeGreaterThan(0);
  });

  it('which task’s gradient is not finite under finite losses', async () => {
    const losses = { fine: sum(multiply(w, x)), steep: sum(sqrt(multiply(w, x))) };
    const step = await compile({ losses, strategy: alignedMtl() });
    await expect(step.run(feeds(1, 0))).rejects.toThrow(/first value that is not finite is in the gradient of task "steep" for "w"/);
    expect(step.state().step).toBe(0);
  });

  it('which parameter has the largest share of an exploding gradient', async () => {
    const losses = { one: sum(multiply(w, x)), two: sum(multiply(multiply(w, x), parameter('tower', [2], zeros))) };
    const step = await compile({ losses, explodingNorm: 1e3 });
    await expect(step.run(feeds(1e5, 2))).rejects.toThrow(ExplodingGradientError);
    expect(step.state().step).toBe(0);
  });

  it('that a strategy gave no number', async () => {
    const step = await compile({ strategy: always(1, Number.NaN, 1) });
    await expect(step.run(taskBatch(1))).rejects.toThrow('step 1: strategy "always" gave the factors 1, NaN, 1');
  });
});

describe('refused are', () => {
  const [w, v] = [parameter('w', [2], ones), parameter('v', [2], ones)];
  it.each<[string, Record<string, Tensor>, RegExp]>([
    ['no losses', {}, /0 losses given/],
    ['65 losses', Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`t${at}`, sum(w)])), /65 losses given; 1 to 64/],
    ['a loss with an axis', { a: sum(w), b: multiply(w, w) }, /the loss of task "b" must be a scalar/],
    ['tasks without a common parameter', { a: sum(w), b: sum(v) }, /the tasks "a", "b" share no parameter/],
    ['losses without a parameter', { a: constant(1), b: constant(2) }, /reach no parameter/],
  ])('%s', async (_what, losses, message) => {
    await expect(compile({ losses })).rejects.toThrow(MultiTaskError);
    await expect(compile({ losses })).rejects.toThrow(message);
  });

  it('the state of a step with one loss', async () => {
    const step = await compile();
    const { tasks: _, ...state } = step.state();
    expect(() => step.restore(state)).toThrow(MultiTaskError);
  });
});
