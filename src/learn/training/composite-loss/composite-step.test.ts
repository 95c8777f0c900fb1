import { afterEach, describe, expect, it } from 'vitest';
import { buildMultiTask } from '../../models/multi-task/build-multi-task.ts';
import { multiTaskConfigSchema } from '../../models/multi-task/multi-task-config.ts';
import { adam } from '../../tensor/optimizers/adam.ts';
import { constantSchedule } from '../../tensor/optimizers/schedule.ts';
import { parameterView } from '../../tensor/parameters.ts';
import { exampleBatches } from '../task-examples.ts';
import { fixedWeightStep, type TaskStep } from '../task-step.ts';
import { taskLosses } from '../task-loss.ts';
import type { LoopStepResult } from '../training-loop.ts';
import { compositeLossSchema, type CompositeLossConfig } from './composite-loss-config.ts';
import { CompositeLossError, compositeLosses } from './composite-losses.ts';
import { compileCompositeStep, stepForm } from './composite-step.ts';
import { conflictingTasks, plainEncoder } from './conflicting-tasks.fixture.ts';

const open: TaskStep[] = [];
afterEach(async () => {
  for (const step of open.splice(0)) await step.close();
});

const tasks = ['click', 'hide'];
const model = multiTaskConfigSchema.parse({ kind: 'shared-bottom', hidden: [8], tower: [4] });
const examples = conflictingTasks(512, 1);
const batches = Array.from({ length: 8 }, (_, epoch) => [...exampleBatches(examples, tasks, { batchSize: 64, seed: 1 }, epoch)]).flat();
const options = { optimizer: adam(), learningRate: constantSchedule(0.02), seed: 3, threads: 1 };

const declare = (more: object): CompositeLossConfig => compositeLossSchema.parse({ tasks: tasks.map((name) => ({ name })), ...more });

async function compile(declaration: CompositeLossConfig): Promise<TaskStep> {
  const { logits } = buildMultiTask(model, () => plainEncoder.build('training'), tasks, 'training');
  const { losses, terms } = compositeLosses(declaration, logits);
  const step = await compileCompositeStep(declaration, terms)(losses, options);
  open.push(step);
  return step;
}

async function train(step: TaskStep, steps: number, from = 0): Promise<LoopStepResult[]> {
  const results: LoopStepResult[] = [];
  for (let at = from; at < from + steps; at++) results.push(await step.run(batches[at % batches.length]!.feeds));
  return results;
}

/** Parameters by name: the two forms lay them out in another order. */
const byName = (step: TaskStep) =>
  step.layout.slots
    .map(({ name }) => name)
    .sort()
    .map((name) => [name, [...parameterView(step.layout, step.state().parameters, name)!]] as const);

const bound = { name: 'few-hides', task: 'hide', of: { kind: 'mean-probability' }, atMost: 0.2, learningRate: 0.05, memory: 0.5 };

describe('the step of a declaration', () => {
  it('takes one graph where weights follow from losses, two where gradients are looked at', () => {
    expect(stepForm(declare({}))).toBe('one graph');
    expect(stepForm(declare({ weighting: { kind: 'uncertainty' }, constraints: [bound] }))).toBe('one graph');
    expect(stepForm(declare({ weighting: { kind: 'gradnorm' } }))).toBe('two graphs');
    expect(stepForm(declare({ conflict: { kind: 'sum' } }))).toBe('two graphs');
  });

  it('with weights that stay is the step of Σ w L, to the byte', async () => {
    const ours = await compile(declare({ weighting: { kind: 'fixed', values: { hide: 0.5 } } }));
    const { logits } = buildMultiTask(model, () => plainEncoder.build('training'), tasks, 'training');
    const plain = await fixedWeightStep({ click: 1, hide: 0.5 })(taskLosses(logits), options);
    open.push(plain);
    const [a, b] = [await train(ours, 10), await train(plain, 10)];
    expect(a.map(({ loss, losses }) => [loss, losses])).toEqual(b.map(({ loss, losses }) => [loss, losses]));
    expect(ours.state().parameters).toEqual(plain.state().parameters);
  });

  it.each([{ kind: 'uncertainty', learningRate: 0.05 }, { kind: 'dwa', everySteps: 3 }, { kind: 'fixed' }])(
    'gives in one graph what the sum of gradients gives in two: $kind with a bound',
    async (weighting) => {
      const floors = { tasks: [{ name: 'click' }, { name: 'hide', weightFloor: 0.9 }] };
      const one = await compile(declare({ ...floors, weighting, constraints: [bound] }));
      const two = await compile(declare({ ...floors, weighting, constraints: [bound], conflict: { kind: 'sum' } }));
      const [a, b] = [await train(one, 20), await train(two, 20)];
      a.forEach((result, at) => {
        expect(result.loss).toBeCloseTo(b[at]!.loss, 4);
        expect(result.constraints!['few-hides']!.multiplier).toBeCloseTo(b[at]!.constraints!['few-hides']!.multiplier, 4);
      });
      expect(a.at(-1)!.constraints!['few-hides']!.multiplier).toBeGreaterThan(0.3);
      expect(a.at(-1)!.lossWeights === undefined).toBe(weighting.kind === 'fixed');
      const [ours, theirs] = [byName(one), byName(two)];
      expect(ours.map(([name]) => name)).toEqual(theirs.map(([name]) => name));
      ours.forEach(([name, values], at) => values.forEach((value, k) => expect(value, name).toBeCloseTo(theirs[at]![1][k]!, 3)));
      expect([a[0]!.conflict === undefined, b[0]!.conflict === undefined]).toEqual([true, false]);
    },
  );

  it('reports terms, weights, bounds in their own unit, and conflict between tasks over what tasks share', async () => {
    const declaration = declare({
      tasks: [{ name: 'click', terms: [{}, { mask: 'first', weight: 2 }] }, { name: 'hide' }],
      conflict: { kind: 'pcgrad' },
      weighting: { kind: 'gradnorm' },
      constraints: [bound],
    });
    const [result] = await train(await compile(declaration), 1);
    const { losses, constraints, lossWeights } = result!;
    expect(Object.keys(losses!)).toEqual(['click', 'hide', 'click/binary-cross-entropy', 'click/binary-cross-entropy/first']);
    expect(losses!['click']).toBeCloseTo(losses!['click/binary-cross-entropy']! + 2 * losses!['click/binary-cross-entropy/first']!, 5);
    expect(lossWeights).toEqual({ click: 1, hide: 1 });
    const report = constraints!['few-hides']!;
    expect(report.value).toBeGreaterThan(0.2);
    expect(report.value).toBeLessThan(0.8);
    expect(report.running).toBeCloseTo(report.value!, 6);
    expect([report.atMost, report.multiplier]).toEqual([0.2, 0]);
    const record = result!.conflict!();
    expect(record.tasks).toEqual(['click', 'hide', 'constraint/few-hides']);
    expect(record.step).toBe(1);
    // The tower of "hide" is reached by its bound too, and is no shared layer for it.
    expect(Object.keys(record.layers)).toEqual(['bottom.hidden0']);
  });
});

it('leaves constraints out of what a strategy negotiates', async () => {
  const step = await compile(declare({ conflict: { kind: 'nash-mtl' }, constraints: [bound] }));
  const result = (await train(step, 6)).at(-1)!;
  const { strategyWeights, lossWeights, cosines } = result.conflict!();
  expect(strategyWeights[2]).toBe(1);
  expect(strategyWeights[0]! + strategyWeights[1]!).toBeCloseTo(2, 2);
  expect(lossWeights[2]).toBeGreaterThan(0.1);
  expect(lossWeights[2]).toBeCloseTo(result.constraints!['few-hides']!.multiplier, 3);
  expect(cosines[2]).not.toBeNull();
});

describe('a bound', () => {
  const means = (results: readonly LoopStepResult[], of: (result: LoopStepResult) => number) =>
    results.reduce((total, result) => total + of(result), 0) / results.length;
  const held = (results: readonly LoopStepResult[]) => means(results.slice(-64), ({ constraints }) => constraints!['few-hides']!.value!);

  // MGDA gives a gradient less the longer it is, Nash-MTL does not see its length: neither may hold a multiplier back.
  it.each(['none', 'pcgrad', 'mgda', 'nash-mtl'])('on a mean probability holds, with strategy %s', async (kind) => {
    const step = await compile(declare({ conflict: { kind }, constraints: [bound] }));
    const results = await train(step, 512);
    // Where nothing bounds it, the mean is the share of hides, .39.
    expect(held(results)).toBeGreaterThan(0.18);
    expect(held(results)).toBeLessThan(0.22);
    expect(results.at(-1)!.constraints!['few-hides']!.multiplier).toBeGreaterThan(0.1);
  });

  it('that is loose costs nothing, and one on a loss makes its task count more', async () => {
    const loose = await compile(declare({ constraints: [{ ...bound, atMost: 0.9 }] }));
    const free = await compile(declare({}));
    const [a, b] = [await train(loose, 40), await train(free, 40)];
    expect(a.every(({ constraints }) => constraints!['few-hides']!.multiplier === 0)).toBe(true);
    a.forEach(({ loss }, at) => expect(loss).toBeCloseTo(b[at]!.loss, 4));
    const weighting = { kind: 'fixed', values: { hide: 0 } };
    const of = { kind: 'binary-cross-entropy' };
    const unloved = await train(await compile(declare({ weighting })), 320);
    const bounded = await train(await compile(declare({ weighting, constraints: [{ ...bound, of, atMost: 0.5 }] })), 320);
    expect(means(unloved.slice(-64), ({ losses }) => losses!['hide']!)).toBeGreaterThan(0.6);
    expect(means(bounded.slice(-64), ({ losses }) => losses!['hide']!)).toBeLessThan(0.52);
  });

  it('that cannot be held drives its multiplier to its largest, where the log shows it', async () => {
    const impossible = { ...bound, of: { kind: 'binary-cross-entropy' }, atMost: 0.01, learningRate: 0.2, multiplierMax: 3 };
    const results = await train(await compile(declare({ constraints: [impossible] })), 40);
    expect(results.at(-1)!.constraints!['few-hides']!.multiplier).toBe(3);
  });
});

it('losses of another declaration are refused', async () => {
  const { logits } = buildMultiTask(model, () => plainEncoder.build('training'), tasks, 'training');
  const { losses } = compositeLosses(declare({}), logits);
  const made = compileCompositeStep(declare({ constraints: [bound] }))(losses, options);
  await expect(made).rejects.toThrow(CompositeLossError);
  await expect(made).rejects.toThrow('the loss declares "click", "hide", "constraint/few-hides", but the losses given are "click", "hide"');
});

it('a state without weights is refused by a step that has some', async () => {
  const step = await compile(declare({ weighting: { kind: 'uncertainty' } }));
  const { tasks: _, ...state } = step.state();
  expect(() => step.restore(state)).toThrow(CompositeLossError);
});
