import type { z } from 'zod';
import { trainingConfigSchema, type TrainingConfig } from '../learn/training/training-config.ts';

/** Architectures that can be trained. */
export const MODEL_KINDS = ['hstu', 'sasrec'] as const;

/** One of {@link MODEL_KINDS}. */
export type ModelKind = (typeof MODEL_KINDS)[number];

/** What a preset is chosen by. */
export interface DataShape {
  readonly users: number;
  readonly items: number;
  /** Mean interactions a user. */
  readonly meanHistory: number;
  readonly hasTimes: boolean;
  readonly isGenerated: boolean;
  /** Of a seeded world's log. */
  readonly isWorld: boolean;
}

/** A training config made for a kind of data; defaults of the training config left out. */
export type Preset = z.input<typeof trainingConfigSchema> & { readonly about: string };

/**
 * Every preset. `timeBias: true` holds where the data has times and is switched off where it has none.
 *
 * - `…-long`: histories of a hundred interactions and more (MovieLens).
 * - `…-short`: histories of some ten (Amazon Beauty), where the model must not learn them by heart.
 * - `…-world`: the log of a seeded world: within three minutes of `npm start`, on two cores, with the world's making.
 * - `…-small`: the generated data set, and a first look at any other: about a minute on two cores.
 */
export const PRESETS = {
  'hstu-long': {
    about: 'HSTU for long histories (MovieLens)',
    model: {
      kind: 'hstu',
      maxLength: 200,
      dimension: 64,
      blocks: 2,
      heads: 1,
      queryDimension: 64,
      valueDimension: 64,
      dropout: 0.2,
      timeBias: true,
      scoring: { kind: 'cosine', temperature: 0.06 },
    },
    loss: { kind: 'full-softmax' },
    optimizer: { kind: 'adam', learningRate: 0.002, schedule: 'cosine', warmupSteps: 100 },
    batchSize: 128,
    epochs: 40,
    validateEveryEpochs: 2,
    patience: 10,
    checkpointEverySteps: 200,
  },
  'sasrec-long': {
    about: 'SASRec for long histories (MovieLens)',
    model: {
      kind: 'sasrec',
      maxLength: 200,
      dimension: 64,
      blocks: 2,
      heads: 2,
      dropout: 0.2,
      scoring: { kind: 'cosine', temperature: 0.06 },
    },
    loss: { kind: 'full-softmax' },
    optimizer: { kind: 'adam', learningRate: 0.002, schedule: 'cosine', warmupSteps: 100 },
    batchSize: 128,
    epochs: 40,
    validateEveryEpochs: 2,
    patience: 10,
    checkpointEverySteps: 200,
  },
  'hstu-short': {
    about: 'HSTU for short histories (Amazon Beauty)',
    model: {
      kind: 'hstu',
      maxLength: 50,
      dimension: 64,
      blocks: 2,
      heads: 1,
      queryDimension: 64,
      valueDimension: 64,
      dropout: 0.5,
      timeBias: true,
      scoring: { kind: 'cosine', temperature: 0.06 },
    },
    loss: { kind: 'full-softmax' },
    optimizer: { kind: 'adam', learningRate: 0.001, schedule: 'cosine', warmupSteps: 100 },
    batchSize: 128,
    epochs: 30,
    validateEveryEpochs: 2,
    patience: 5,
    checkpointEverySteps: 200,
  },
  'sasrec-short': {
    about: 'SASRec for short histories (Amazon Beauty)',
    model: {
      kind: 'sasrec',
      maxLength: 50,
      dimension: 64,
      blocks: 2,
      heads: 1,
      dropout: 0.5,
      scoring: { kind: 'cosine', temperature: 0.06 },
    },
    loss: { kind: 'full-softmax' },
    optimizer: { kind: 'adam', learningRate: 0.001, schedule: 'cosine', warmupSteps: 100 },
    batchSize: 128,
    epochs: 30,
    validateEveryEpochs: 2,
    patience: 5,
    checkpointEverySteps: 200,
  },
  'hstu-small': {
    about: 'small HSTU for the generated data set',
    model: {
      kind: 'hstu',
      maxLength: 50,
      dimension: 48,
      blocks: 2,
      heads: 1,
      queryDimension: 48,
      valueDimension: 48,
      dropout: 0.2,
      timeBias: false,
      scoring: { kind: 'dot' },
    },
    loss: { kind: 'full-softmax' },
    optimizer: { kind: 'adam', learningRate: 0.003 },
    batchSize: 64,
    epochs: 40,
    patience: 4,
    checkpointEverySteps: 100,
  },
  'hstu-world': {
    about: 'HSTU for the log of a seeded world: content, features and instruments in one history',
    model: {
      kind: 'hstu',
      maxLength: 32,
      dimension: 48,
      blocks: 2,
      heads: 1,
      queryDimension: 48,
      valueDimension: 48,
      dropout: 0.2,
      timeBias: true,
      scoring: { kind: 'dot' },
    },
    loss: { kind: 'full-softmax' },
    optimizer: { kind: 'adam', learningRate: 0.003 },
    batchSize: 128,
    epochs: 9,
    validateEveryEpochs: 3,
    patience: 3,
    checkpointEverySteps: 200,
  },
  'sasrec-world': {
    about: 'SASRec for the log of a seeded world',
    model: { kind: 'sasrec', maxLength: 32, dimension: 48, blocks: 2, heads: 1, dropout: 0.2, scoring: { kind: 'dot' } },
    loss: { kind: 'full-softmax' },
    optimizer: { kind: 'adam', learningRate: 0.002 },
    batchSize: 128,
    epochs: 9,
    validateEveryEpochs: 3,
    patience: 3,
    checkpointEverySteps: 200,
  },
  'sasrec-small': {
    about: 'small SASRec for the generated data set',
    model: { kind: 'sasrec', maxLength: 50, dimension: 48, blocks: 2, heads: 1, dropout: 0.2, scoring: { kind: 'dot' } },
    loss: { kind: 'full-softmax' },
    optimizer: { kind: 'adam', learningRate: 0.002 },
    batchSize: 64,
    epochs: 40,
    patience: 4,
    checkpointEverySteps: 100,
  },
} as const satisfies Readonly<Record<`${ModelKind}-${'long' | 'short' | 'small' | 'world'}`, Preset>>;

/** Name of one of the {@link PRESETS}. */
export type PresetName = keyof typeof PRESETS;

/** All names, for help and checks. */
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/** Mean interactions a user from which histories count as long. */
const LONG_FROM = 40;
/** Items beyond which a softmax over all of them would take most of the time: then it is sampled. */
const FULL_SOFTMAX_ITEMS_MAX = 40_000;
const SAMPLED_NEGATIVES = 512;
/** Steps that an epoch should have: with fewer, a batch is halved, down to {@link BATCH_SIZE_MIN}. */
const STEPS_PER_EPOCH_MIN = 30;
/** Fewer users than this teach a cosine's temperature too little: ml-100k (943) does better with dot products. */
const COSINE_USERS_MIN = 2_500;
const FEW_USERS_DROPOUT = 0.3;
const BATCH_SIZE_MIN = 32;

/** The preset for a model on data of this shape. */
export function choosePreset(model: ModelKind, shape: DataShape): PresetName {
  if (shape.isGenerated) return `${model}-small`;
  if (shape.isWorld) return `${model}-world`;
  return shape.meanHistory >= LONG_FROM ? `${model}-long` : `${model}-short`;
}

/**
 * A preset as a whole training config, fitted to the data: no time bias without times, a sampled softmax over more
 * than 40,000 items, smaller batches where an epoch would have few steps (ml-100k, length 100: batches of 32 reach
 * validation NDCG@10 .1236 in 61 s, batches of 128 .1139 in 148 s), dot products in place of cosines for few users
 * (ml-100k, validation NDCG@10: cosine .1020, dot .1191).
 */
export function presetConfig(name: PresetName, shape: DataShape): TrainingConfig {
  const { about: _about, ...preset }: Preset = PRESETS[name];
  const config = trainingConfigSchema.parse(preset);
  const model = fittingScoring(config.model, shape);
  return {
    ...config,
    batchSize: fittingBatchSize(config, shape),
    model: model.kind === 'hstu' ? { ...model, timeBias: model.timeBias && shape.hasTimes } : model,
    loss:
      config.loss.kind === 'full-softmax' && shape.items > FULL_SOFTMAX_ITEMS_MAX
        ? { kind: 'sampled-softmax', negatives: SAMPLED_NEGATIVES, sampling: 'popularity' }
        : config.loss,
  };
}

function fittingScoring(model: TrainingConfig['model'], { users }: DataShape): TrainingConfig['model'] {
  if (model.scoring.kind !== 'cosine' || users >= COSINE_USERS_MIN) return model;
  return { ...model, scoring: { kind: 'dot' }, dropout: Math.max(model.dropout, FEW_USERS_DROPOUT) };
}

function fittingBatchSize({ batchSize, model }: TrainingConfig, { users, meanHistory }: DataShape): number {
  const windows = users * Math.max(1, meanHistory / model.maxLength);
  let fitting = batchSize;
  while (fitting > BATCH_SIZE_MIN && windows / fitting < STEPS_PER_EPOCH_MIN) fitting = Math.max(BATCH_SIZE_MIN, fitting >> 1);
  return fitting;
}
