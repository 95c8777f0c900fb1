import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../../base/clock.ts';
import { CheckpointMismatchError } from '../checkpoint.ts';
import { gradientStrategyNames } from '../gradient-conflict/strategy-config.ts';
import type { MetricsLine } from '../metrics-log.ts';
import { TaskExamplesError } from '../task-examples.ts';
import { taskTrainingConfigSchema } from '../task-training-config.ts';
import { trainTaskModel, type TaskFigures, type TrainTasksOptions } from '../train-task-model.ts';
import { CompositeLossError } from './composite-losses.ts';
import { conflictingTasks, plainEncoder } from './conflicting-tasks.fixture.ts';

const [train, validation] = [conflictingTasks(512, 1), conflictingTasks(256, 2)];
let home: string;
beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'nisus-composite-'))));
afterAll(() => rm(home, { recursive: true }));

const configOf = (loss: object, more: object = {}) =>
  taskTrainingConfigSchema.parse({
    model: { kind: 'shared-bottom', hidden: [6], dropout: 0.1 },
    tasks: [{ name: 'click' }, { name: 'hide' }],
    loss: { tasks: [{ name: 'click' }, { name: 'hide' }], ...loss },
    optimizer: { kind: 'adam', learningRate: 0.03 },
    batchSize: 64,
    epochs: 4,
    checkpointEverySteps: 5,
    seed: 2,
    threads: 1,
    ...more,
  });

const options = (folder: string, loss: object, more: Partial<TrainTasksOptions> = {}): TrainTasksOptions => ({
  train,
  validation,
  encoder: plainEncoder,
  config: configOf(loss),
  folder: join(home, folder),
  identity: { dataFingerprint: 'conflict' },
  resume: false,
  clock: manualClock(),
  ...more,
});

const linesOf = async (folder: string) =>
  (await readFile(join(home, folder, 'metrics.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MetricsLine<TaskFigures>);

const bound = {
  name: 'few-hides',
  task: 'hide',
  of: { kind: 'mean-probability' },
  mask: 'first',
  atMost: 0.25,
  learningRate: 0.1,
  memory: 0.8,
};

describe('training with conflicting tasks', () => {
  it.each([
    ...Object.keys(gradientStrategyNames).map((kind) => [kind, { kind: 'fixed' }] as const),
    ['cagrad', { kind: 'gradnorm' }] as const,
  ])('learns both and shows how they conflict: %s', async (kind, weighting) => {
    const folder = `${kind}-${weighting.kind}`;
    const outcome = await trainTaskModel(options(folder, { conflict: { kind }, weighting }));
    // The truth's own AUC is about .9 on either task.
    expect(outcome.best!.metric).toBeGreaterThan(0.8);
    const lines = await linesOf(folder);
    const conflicts = lines.filter((line) => line.kind === 'conflict');
    expect(conflicts.map(({ step }) => step)).toEqual([10, 20, 30]);
    for (const { cosines, layers } of conflicts) {
      expect(cosines).toHaveLength(1);
      expect(Object.keys(layers)).toContain('bottom.hidden0');
    }
    expect(await readFile(join(home, folder, 'gradient-conflict.svg'), 'utf8')).toContain('click · hide');
  });

  it.each([{ kind: 'uncertainty', learningRate: 0.05 }, { kind: 'dwa', everySteps: 8 }, { kind: 'gradnorm' }])(
    'learns both with weights that move, and logs them: $kind',
    async (weighting) => {
      const folder = `weights-${weighting.kind}`;
      const outcome = await trainTaskModel(options(folder, { weighting }));
      expect(outcome.best!.metric).toBeGreaterThan(0.8);
      const steps = (await linesOf(folder)).filter((line) => line.kind === 'step');
      expect(Object.keys(steps[0]!.lossWeights!)).toEqual(['click', 'hide']);
      expect(new Set(steps.map(({ lossWeights }) => lossWeights!['click'])).size).toBe(steps.length);
    },
  );

  it('logs how experts are used at each validation, and writes the loss as a formula', async () => {
    const model = { kind: 'ple', levels: [{ expertHidden: [6] }], taskExperts: 1, sharedExperts: 1 };
    await trainTaskModel(options('reported', {}, { config: configOf({ gateBalance: 0.01 }, { model }) }));
    const validations = (await linesOf('reported')).filter((line) => line.kind === 'validation');
    expect(validations).toHaveLength(4);
    for (const { gates, deadExperts } of validations) {
      expect(gates!.map(({ task }) => task)).toEqual(['click', 'hide']);
      expect(gates![0]!.experts.reduce((total, { meanWeight }) => total + meanWeight, 0)).toBeCloseTo(1, 5);
      expect(deadExperts).toEqual([]);
    }
    expect(await readFile(join(home, 'reported', 'loss.md'), 'utf8')).toContain('\\text{BCE}(\\text{click})');
  });
});

describe('a run that is stopped', () => {
  async function stopAtStep(folder: string, loss: object, step: number, resume: boolean): Promise<void> {
    const stop = new AbortController();
    const observer = { onStep: (report: { readonly step: number }) => void (report.step === step && stop.abort()) };
    const outcome = await trainTaskModel(options(folder, loss, { resume, signal: stop.signal, observer }));
    expect(outcome.ended).toBe('interrupted');
  }

  it.each([
    ['gradnorm, pcgrad and a bound', { weighting: { kind: 'gradnorm' }, conflict: { kind: 'pcgrad' }, constraints: [bound] }],
    [
      'dwa, gradvac and a bound',
      { weighting: { kind: 'dwa', everySteps: 3 }, conflict: { kind: 'gradvac', beta: 0.2 }, constraints: [bound] },
    ],
    ['uncertainty and a bound in one graph', { weighting: { kind: 'uncertainty', learningRate: 0.05 }, constraints: [bound] }],
  ])('goes on to the very same bytes and log: %s', async (name, loss) => {
    const [whole, broken] = [`${name} unbroken`, `${name} broken`];
    const unbroken = await trainTaskModel(options(whole, loss));
    await stopAtStep(broken, loss, 3, false);
    await stopAtStep(broken, loss, 17, true);
    const resumed = await trainTaskModel(options(broken, loss, { resume: true }));
    expect(resumed.best).toEqual(unbroken.best);
    expect(resumed.parameters).toEqual(unbroken.parameters);
    const read = (folder: string, file: string) => readFile(join(home, folder, file));
    for (const file of ['metrics.jsonl', 'checkpoint.safetensors', 'best.safetensors', 'training-curve.svg'])
      expect((await read(broken, file)).equals(await read(whole, file)), file).toBe(true);
    const multipliers = (await linesOf(whole)).flatMap((line) =>
      line.kind === 'step' ? [line.constraints!['few-hides']!.multiplier] : [],
    );
    expect(multipliers.at(-1)).toBeGreaterThan(0.05);
  });

  it('refuses to go on with another loss', async () => {
    await stopAtStep('another', { conflict: { kind: 'pcgrad' } }, 2, false);
    const resumed = trainTaskModel(options('another', { conflict: { kind: 'mgda' } }, { resume: true }));
    await expect(resumed).rejects.toThrow(CheckpointMismatchError);
  });
});

describe('bounds at validations', () => {
  it('are measured there, and an epoch that keeps them is better than any that does not', async () => {
    const config = configOf({ constraints: [{ ...bound, mask: 'all', learningRate: 0.02, memory: 0.5 }] }, { epochs: 12 });
    const outcome = await trainTaskModel(options('bounded', {}, { config }));
    const validations = (await linesOf('bounded')).filter((line) => line.kind === 'validation');
    const kept = validations.filter(({ constraints }) => constraints!['few-hides']!.value! <= 0.25);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(validations.length);
    expect(outcome.best!.metric).toBe(Math.max(...kept.map(({ meanAuc }) => meanAuc)));
    expect(outcome.best!.metric).toBeLessThan(Math.max(...validations.map(({ meanAuc }) => meanAuc)));
  });
});

describe('refused are', () => {
  const lists = { tasks: [{ name: 'click', terms: [{}, { loss: { kind: 'softmax' } }] }, { name: 'hide' }] };
  it('losses over lists, where examples stand in none', async () => {
    const run = trainTaskModel(options('lists', lists));
    await expect(run).rejects.toThrow(CompositeLossError);
    await expect(run).rejects.toThrow('the loss has terms over lists, but these examples stand in no lists');
  });

  it.each([
    ['no such mask', {}, /training examples: there is no mask "first", given are none/],
    ['a short mask', { first: new Float32Array(3) }, /3 values of mask "first" stand beside 512 rows/],
    ['a bad mask', { first: new Float32Array(512).with(9, -1) }, /mask "first" is -1 in row 9/],
  ])('%s', async (_what, masks, message) => {
    const run = trainTaskModel(options('masks', { constraints: [bound] }, { train: { ...train, masks } }));
    await expect(run).rejects.toThrow(TaskExamplesError);
    await expect(run).rejects.toThrow(message);
  });

  it.each([
    [
      'other tasks than the model’s',
      { tasks: [{ name: 'hide' }, { name: 'click' }] },
      {},
      /the loss declares the tasks \\"hide\\", \\"click\\", the model/,
    ],
    ['weights beside a loss', {}, { gateBalance: 0.1 }, /weights and gateBalance stand in the loss/],
  ])('%s', (_what, loss, more, message) => {
    expect(() => configOf(loss, more)).toThrow(message);
  });
});
