import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { createRandom } from '../../base/random.ts';
import { splitLeaveOneOut } from '../evaluation/leave-one-out.ts';
import type { InteractionSequences } from '../interaction-sequences.ts';
import { CheckpointDamagedError, CheckpointMismatchError, latestCheckpointPath } from './checkpoint.ts';
import { trainingCurve } from './training-curve.ts';
import { trainingConfigSchema } from './training-config.ts';
import { trainSequenceModel, type TrainOptions } from './train.ts';

/** Users who walk a ring of items, mostly one step on. */
function ring(): InteractionSequences {
  const random = createRandom(5, 'ring');
  const [userCount, length, itemCount] = [60, 12, 20];
  const items = new Int32Array(userCount * length);
  for (let user = 0; user < userCount; user++) {
    let item = random.integer(itemCount);
    for (let at = 0; at < length; at++) {
      items[user * length + at] = item;
      item = random.next() < 0.9 ? (item + 1) % itemCount : random.integer(itemCount);
    }
  }
  return { userCount, itemCount, offsets: Int32Array.from({ length: userCount + 1 }, (_, user) => user * length), items, timesMs: null };
}

const config = trainingConfigSchema.parse({
  model: { kind: 'sasrec', maxLength: 8, dimension: 8, blocks: 1, heads: 2, dropout: 0.2, scoring: { kind: 'dot' } },
  loss: { kind: 'sampled-softmax', negatives: 10, sampling: 'uniform' },
  optimizer: { kind: 'adam', learningRate: 0.02 },
  batchSize: 16,
  epochs: 4,
  checkpointEverySteps: 3,
  seed: 2,
});
const split = splitLeaveOneOut(ring());
let home: string;
beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'nisus-train-'))));
afterAll(() => rm(home, { recursive: true }));

const options = (folder: string, more: Partial<TrainOptions> = {}): TrainOptions => ({
  train: split.train,
  validation: split.validation,
  config,
  folder: join(home, folder),
  identity: { dataFingerprint: 'ring', gitRevision: 'any' },
  resume: false,
  clock: manualClock(),
  ...more,
});

/** Trains until a step, then stops as Ctrl-C does. */
async function stopAtStep(folder: string, step: number, resume: boolean): Promise<void> {
  const stop = new AbortController();
  const outcome = await trainSequenceModel(
    options(folder, { resume, signal: stop.signal, observer: { onStep: (report) => void (report.step === step && stop.abort()) } }),
  );
  expect(outcome.ended).toBe('interrupted');
}

describe('a training run', () => {
  it('learns, and one seed gives one result', async () => {
    const losses: number[] = [];
    const first = await trainSequenceModel(options('a', { observer: { onStep: ({ loss }) => void losses.push(loss) } }));
    const second = await trainSequenceModel(options('b'));
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 0.3);
    expect(second.best).toEqual(first.best);
    expect(second.parameters).toEqual(first.parameters);
    const other = await trainSequenceModel(options('c', { config: { ...config, seed: 3 } }));
    expect(other.parameters).not.toEqual(first.parameters);
  });

  it('stopped three times, in mid-epoch and at its end, goes on to the very same parameters and log', async () => {
    const unbroken = await trainSequenceModel(options('unbroken'));
    await stopAtStep('broken', 2, false);
    await stopAtStep('broken', 5, true);
    // A half line, as a kill leaves it.
    await appendFile(join(home, 'broken/metrics.jsonl'), '{"kind":"st');
    await stopAtStep('broken', 10, true);
    const resumed = await trainSequenceModel(options('broken', { resume: true }));
    expect(resumed.best).toEqual(unbroken.best);
    expect(resumed.steps).toBe(unbroken.steps);
    expect(resumed.parameters).toEqual(unbroken.parameters);
    expect(await readFile(join(home, 'broken/metrics.jsonl'), 'utf8')).toBe(await readFile(join(home, 'unbroken/metrics.jsonl'), 'utf8'));
  });

  it('ends when validations stop getting better', async () => {
    const outcome = await trainSequenceModel(options('patience', { config: { ...config, epochs: 500, patience: 2 } }));
    expect(outcome.ended).toBe('no better validation');
  });

  it('refuses a checkpoint of other data or settings, and a damaged one', async () => {
    await stopAtStep('refused', 4, false);
    const resume = (more: Partial<TrainOptions>) => trainSequenceModel(options('refused', { resume: true, ...more }));
    await expect(resume({ identity: { dataFingerprint: 'other' } })).rejects.toThrow(CheckpointMismatchError);
    await expect(resume({ config: { ...config, batchSize: 8 } })).rejects.toThrow(CheckpointMismatchError);
    const path = latestCheckpointPath(join(home, 'refused'));
    const bytes = await readFile(path);
    bytes[bytes.length - 100]! ^= 1;
    await writeFile(path, bytes);
    await expect(resume({})).rejects.toThrow(CheckpointDamagedError);
  });

  it('leaves a picture of its curve', async () => {
    await trainSequenceModel(options('curve'));
    const picture = await readFile(join(home, 'curve/training-curve.svg'), 'utf8');
    expect(picture).toMatch(/^<svg[\s\S]*validation NDCG@10 \(best \.?\d/);
    expect(picture).not.toContain('NaN');
    expect(trainingCurve([], { name: 'NDCG@10', of: () => 0 })).not.toMatch(/NaN|Infinity/);
  });
});
