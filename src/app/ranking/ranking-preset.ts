import { platformTasks } from '../../data/actions/platform-tasks.ts';
import { horizonOf, type TaskDeclaration } from '../../data/actions/task-declaration.ts';
import { rankerTrainingConfigSchema, type RankerTrainingConfig } from '../../learn/training/ranking/ranker-training-config.ts';

/** Ranking models of several tasks, by the name of `nisus train --model`. */
export const RANKER_MODELS = ['hstu-ranker', 'transformer-ranker', 'sasrec-ranker', 'din-ranker', 'sim-ranker'] as const;

/** One of {@link RANKER_MODELS}. */
export type RankerModel = (typeof RANKER_MODELS)[number];

const attention = { maxLength: 128, blocks: 2, heads: 1, dropout: 0.1 };

const ENCODERS = {
  'hstu-ranker': { kind: 'hstu', ...attention, queryDimension: 48, valueDimension: 48 },
  'transformer-ranker': { kind: 'transformer', ...attention, feedForward: 96 },
  'sasrec-ranker': { kind: 'sasrec', ...attention },
  'din-ranker': { kind: 'din', maxLength: attention.maxLength, activationHidden: [16], dropout: attention.dropout },
  'sim-ranker': {
    kind: 'sim',
    maxLength: attention.maxLength,
    activationHidden: [16],
    search: { kind: 'hard', categories: ['first-tag', 'author', 'mention'], found: 30 },
    heads: 2,
    headDimension: 24,
    timeDimension: 16,
    dropout: attention.dropout,
  },
} as const;

/** Settings of the heavy ranker of a feed, PLE over an encoder, before anything is changed in them. */
export function rankingPreset(model: RankerModel, tasks: readonly TaskDeclaration[] = platformTasks): RankerTrainingConfig {
  return rankerTrainingConfigSchema.parse({
    model: {
      dimension: 48,
      encoder: ENCODERS[model],
      tasks: { kind: 'ple', levels: [{ expertHidden: [48] }], taskExperts: 1, sharedExperts: 2, tower: [24] },
      // Most of what is asked about tomorrow is younger than the training: content must learn to speak for it.
      idDropout: 0.5,
    },
    loss: {
      tasks: tasks.map((task) => ({ name: task.name, about: describeTask(task) })),
      weighting: { kind: 'fixed', values: weightsOf(tasks) },
    },
    optimizer: { kind: 'adam', learningRate: 0.003, schedule: 'cosine', warmupSteps: 50 },
    epochs: 3,
    patience: 3,
    checkpointEverySteps: 200,
  });
}

/**
 * Tasks whose labels are many have the most to teach what all share, and in a sum of equals their own models would be better. A return has
 * one label a page, which tells much of the user and little of candidates: with a weight of 2 it took .005 of AUC from clicks and gained
 * nothing. By validation on the demo world.
 */
const WEIGHTS: Readonly<Record<string, number>> = { click: 4, 'long-dwell': 2, 'next-day-return': 0.3 };

function weightsOf(tasks: readonly TaskDeclaration[]): Record<string, number> {
  return Object.fromEntries(tasks.flatMap(({ name }) => (WEIGHTS[name] === undefined ? [] : [[name, WEIGHTS[name]]])));
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What counts for a task and in which window, in words: for the formula of the loss. */
export function describeTask(task: TaskDeclaration): string {
  const actions = task.actions.join(' or ');
  const horizon = durationText(horizonOf(task));
  switch (task.kind) {
    case 'response':
      return [
        `${actions} on the place within ${horizon}`,
        ...(task.leastValue === undefined ? [] : [`of at least ${task.leastValue}`]),
        ...(task.subjectKinds === undefined ? [] : [`places with ${task.subjectKinds.join(' or ')}`]),
      ].join(', ');
    case 'conversion':
      return `${actions} on its ${task.targetKinds.join(' or ')}, or one that it mentions, within ${horizon} after it was seen`;
    case 'return':
      return `${actions} ${durationText(task.fromMs)} to ${horizon} after it was seen`;
  }
}

function durationText(durationMs: number): string {
  return durationMs % HOUR_MS === 0 ? `${durationMs / HOUR_MS} h` : `${durationMs / MINUTE_MS} min`;
}
