import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { createRandom } from '../../base/random.ts';
import { input } from '../tensor/leaf.ts';
import { compileTrainingStep } from '../tensor/training-step.ts';
import { CheckpointMismatchError } from './checkpoint.ts';
import { exampleBatches, TaskExamplesError, type TaskExamples } from './task-examples.ts';
import { weightedSum } from './task-loss.ts';
import { openTaskScorer } from './task-scorer.ts';
import { taskTrainingConfigSchema } from './task-training-config.ts';
import { taskFigures, trainTaskModel, type TrainTasksOptions } from './train-task-model.ts';

const width = 4;
const tasks = ['like', 'buy'];

/** x from a normal; like follows x₀ + x₁, buy follows x₀ − x₂ and is defined where liked or at random. */
function examples(rows: number, seed: number): TaskExamples & { readonly x: Float32Array } {
  const random = createRandom(seed, 'examples');
  const x = Float32Array.from({ length: rows * width }, () => random.normal());
  const like = new Float32Array(rows);
  const buy = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = (column: number) => x[row * width + column]!;
    like[row] = random.next() < 1 / (1 + Math.exp(-2 * (at(0) + at(1)))) ? 1 : 0;
    buy[row] = like[row] === 0 && random.next() < 0.5 ? NaN : random.next() < 1 / (1 + Math.exp(-2 * (at(0) - at(2)))) ? 1 : 0;
  }
  return {
    rows,
    x,
    labels: { like, buy },
    feeds: (wanted) => ({
      x: {
        data: Float32Array.from({ length: wanted.length * width }, (_, at) => x[wanted[Math.floor(at / width)]! * width + (at % width)]!),
        shape: [wanted.length, width],
      },
    }),
  };
}

const [train, validation] = [examples(600, 1), examples(300, 2)];
const encoder = { config: { kind: 'plain', width }, build: () => input('x', 'float32', ['batch', width]) };
const config = taskTrainingConfigSchema.parse({
  model: { kind: 'mmoe', experts: 2, expertHidden: [6], tower: [4], dropout: 0.1 },
  tasks: [{ name: 'like' }, { name: 'buy', weight: 0.5 }],
  optimizer: { kind: 'adam', learningRate: 0.02 },
  batchSize: 64,
  epochs: 3,
  checkpointEverySteps: 4,
  seed: 2,
  threads: 1,
});
let home: string;
beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'nisus-tasks-'))));
afterAll(() => rm(home, { recursive: true }));

const options = (folder: string, more: Partial<TrainTasksOptions> = {}): TrainTasksOptions => ({
  train,
  validation,
  encoder,
  config,
  folder: join(home, folder),
  identity: { dataFingerprint: 'two tasks' },
  resume: false,
  clock: manualClock(),
  ...more,
});

async function stopAtStep(folder: string, step: number, resume: boolean): Promise<void> {
  const stop = new AbortController();
  const outcome = await trainTaskModel(
    options(folder, { resume, signal: stop.signal, observer: { onStep: (report) => void (report.step === step && stop.abort()) } }),
  );
  expect(outcome.ended).toBe('interrupted');
}

describe('training of a multi-task model', () => {
  it('learns both tasks, one seed gives one result, and validation figures are those of a fresh scorer', async () => {
    const reports: number[] = [];
    const first = await trainTaskModel(options('a', { observer: { onValidation: ({ meanAuc }) => void reports.push(meanAuc) } }));
    const second = await trainTaskModel(options('b'));
    expect(second.parameters).toEqual(first.parameters);
    expect((await trainTaskModel(options('c', { config: { ...config, seed: 3 } }))).parameters).not.toEqual(first.parameters);
    const scorer = await openTaskScorer({ config: config.model, encoder, tasks }, () => first.parameters, { threads: 1 });
    const figures = await taskFigures(scorer, validation, tasks);
    await scorer.close();
    expect(figures.meanAuc).toBe(first.best!.metric);
    expect(Math.max(...reports)).toBe(first.best!.metric);
    // The truth's own AUC is about .90 on either task.
    for (const task of tasks) expect(figures.tasks[task]!.auc).toBeGreaterThan(0.85);
  });

  it('stopped in mid-epoch and at its end, goes on to the very same parameters and log', async () => {
    const unbroken = await trainTaskModel(options('unbroken'));
    await stopAtStep('broken', 3, false);
    await stopAtStep('broken', 14, true);
    await appendFile(join(home, 'broken/metrics.jsonl'), '{"kind":"st');
    await stopAtStep('broken', 20, true);
    const resumed = await trainTaskModel(options('broken', { resume: true }));
    expect(resumed.best).toEqual(unbroken.best);
    expect(resumed.parameters).toEqual(unbroken.parameters);
    const log = await readFile(join(home, 'broken/metrics.jsonl'), 'utf8');
    expect(log).toBe(await readFile(join(home, 'unbroken/metrics.jsonl'), 'utf8'));
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const step = lines.find(({ kind }) => kind === 'step') as unknown as { loss: number; losses: { like: number; buy: number } };
    expect(step.loss).toBeCloseTo(step.losses.like + 0.5 * step.losses.buy, 5);
    expect(await readFile(join(home, 'unbroken/training-curve.svg'), 'utf8')).toContain('validation mean AUC (best ');
  });

  it('refuses a checkpoint of another encoder or other tasks', async () => {
    await stopAtStep('refused', 2, false);
    const resume = (more: Partial<TrainTasksOptions>) => trainTaskModel(options('refused', { resume: true, ...more }));
    await expect(resume({ encoder: { ...encoder, config: { kind: 'other' } } })).rejects.toThrow(CheckpointMismatchError);
    await expect(resume({ config: { ...config, tasks: [config.tasks[0]!, { name: 'buy', weight: 1 }] } })).rejects.toThrow(
      CheckpointMismatchError,
    );
  });

  it('ends when validations stop getting better', async () => {
    const outcome = await trainTaskModel(
      options('patience', { config: { ...config, epochs: 500, patience: 2, checkpointEverySteps: 1e6 } }),
    );
    expect(outcome.ended).toBe('no better validation');
  });

  it('takes another step of the same losses in the place of the fixed weights', async () => {
    const seen: string[][] = [];
    const outcome = await trainTaskModel(
      options('own step', {
        async compileStep(losses, rest) {
          seen.push(Object.keys(losses));
          return compileTrainingStep({ ...rest, loss: weightedSum(losses, { like: 1, buy: 0.5 }) });
        },
      }),
    );
    expect(seen).toEqual([tasks]);
    expect(outcome.parameters).toEqual((await trainTaskModel(options('a step'))).parameters);
  });
});

describe('examples without a task', () => {
  it('do not move it: their labels may be anything', async () => {
    const rows = examples(200, 5);
    const gone = {
      ...rows,
      labels: { like: rows.labels['like']!, buy: rows.labels['buy']!.map((label, row) => (row % 2 === 0 ? NaN : label)) },
    };
    const weightless = { ...gone, labels: { ...gone.labels, buy: gone.labels['buy']!.map((label, row) => (row % 2 === 0 ? 1 : label)) } };
    const single = { ...config, tasks: [{ name: 'buy', weight: 1 }], epochs: 1 };
    const weights = Float32Array.from({ length: 200 }, (_, row) => row % 2);
    const masked = await trainTaskModel(options('masked', { train: gone, config: single }));
    const weighted = await trainTaskModel(options('weighted', { train: { ...weightless, weights }, config: single }));
    expect(weighted.parameters).toEqual(masked.parameters);
  });

  it('a batch in which nobody has a task teaches nothing, and no NaN', async () => {
    const few = {
      ...train,
      labels: { like: train.labels['like']!, buy: train.labels['buy']!.map((label, row) => (row < 6 ? row % 2 : row > 0 ? NaN : label)) },
    };
    const outcome = await trainTaskModel(options('few', { train: few, config: { ...config, epochs: 1, batchSize: 16 } }));
    expect(outcome.parameters.every(Number.isFinite)).toBe(true);
  });

  it('every row once an epoch, another order each, and the same from any batch on', () => {
    const batches = (epoch: number, first = 0) =>
      [...exampleBatches(train, tasks, { batchSize: 64, seed: 1 }, epoch, first)].map(({ feeds }) => [
        ...(feeds['x']!.data as Float32Array),
      ]);
    const all = batches(0);
    expect(all.map((batch) => batch.length / width)).toEqual([...Array.from({ length: 9 }, () => 64), 24]);
    expect(Float32Array.from(all.flat()).sort()).toEqual(train.x.toSorted());
    expect(batches(1)[0]).not.toEqual(all[0]);
    expect(batches(0, 7)).toEqual(all.slice(7));
  });
});

describe('examples that cannot teach', () => {
  const broken = (labels: Record<string, Float32Array>, more: Partial<TaskExamples> = {}) =>
    trainTaskModel(options('broken examples', { train: { ...train, ...more, labels: { ...train.labels, ...labels } } }));
  it.each<readonly [string, () => Promise<unknown>, RegExp]>([
    [
      'one class',
      () => broken({ buy: train.labels['buy']!.map((label) => (label === 0 ? NaN : label)) }),
      /training examples: task "buy" has one class: \d+ examples with label 1, 0 with label 0/,
    ],
    [
      'no class',
      () => broken({ buy: new Float32Array(600).fill(NaN) }),
      /task "buy" has one class: 0 examples with label 1, 0 with label 0, 600 without/,
    ],
    ['another label', () => broken({ like: train.labels['like']!.with(3, 2) }), /label of task "like" in row 3 is 2/],
    ['too few labels', () => broken({ like: new Float32Array(3) }), /3 labels of task "like" stand beside 600 rows/],
    ['a bad weight', () => broken({}, { weights: new Float32Array(600).with(7, -1) }), /weight of row 7 is -1/],
    [
      'one class in validation',
      () => trainTaskModel(options('x', { validation: { ...validation, labels: { ...validation.labels, like: new Float32Array(300) } } })),
      /validation examples: task "like" has one class/,
    ],
    [
      'no labels',
      () => trainTaskModel(options('x', { config: { ...config, tasks: [...config.tasks, { name: 'share', weight: 1 }] } })),
      /no labels of task "share"/,
    ],
  ])('%s: says so clearly, before anything is trained', async (_what, run, message) => {
    const error = await run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TaskExamplesError);
    expect((error as Error).message).toMatch(message);
  });
});
