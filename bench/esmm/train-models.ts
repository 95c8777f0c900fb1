import { manualClock } from '../../src/base/clock.ts';
import { fieldLayer } from '../../src/learn/fields/field-layer.ts';
import type { FittedFields } from '../../src/learn/fields/fit-fields.ts';
import type { MultiTaskConfig } from '../../src/learn/models/multi-task/multi-task-config.ts';
import type { TaskExamples } from '../../src/learn/training/task-examples.ts';
import { openTaskScorer, type TaskEncoder, type TaskScores } from '../../src/learn/training/task-scorer.ts';
import { taskTrainingConfigSchema } from '../../src/learn/training/task-training-config.ts';
import { trainTaskModel } from '../../src/learn/training/train-task-model.ts';

/** How each model is trained. */
export interface ModelSettings {
  readonly fitted: FittedFields;
  readonly train: TaskExamples;
  readonly validation: TaskExamples;
  readonly judged: TaskExamples;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly dropout: number;
  /** Hidden layers that ESMM's two towers share; none is the paper's. */
  readonly shared: readonly number[];
  readonly epochs: number;
  readonly patience: number;
  readonly seed: number;
  readonly folder: string;
}

/** What a model says of the judged views. */
export interface FunnelScores {
  /** Probability of cart and buy, over the entire space. */
  readonly both: Float32Array;
  /** Of the cart alone. */
  readonly cart: Float32Array;
  /** Of the buy given the cart. */
  readonly conversion: Float32Array;
  readonly parameters: number;
}

const tower = [32, 16];

/** ESMM: one embedding, two networks, both losses over all views. */
export async function trainEsmm(settings: ModelSettings): Promise<FunnelScores> {
  const model = { kind: 'esmm', trunk: { kind: 'shared-bottom', hidden: settings.shared }, tower } as const;
  const { scores, parameters } = await trainModel(model, ['cart', 'cart-and-buy'], 'esmm', settings);
  const { cart, 'cart-and-buy': both } = scores.probabilities as Record<'cart' | 'cart-and-buy', Float32Array>;
  return { both, cart, conversion: scores.conditional!, parameters };
}

/** The separate models: one of carts over all views, one of buys that learns from carted views alone; their product. */
export async function trainSeparate(settings: ModelSettings): Promise<FunnelScores> {
  const model = { kind: 'single-task', hidden: [], tower } as const;
  const cart = await trainModel(model, ['cart'], 'cart', settings);
  const buy = await trainModel(model, ['buy-given-cart'], 'buy', settings);
  const conversion = buy.scores.probabilities['buy-given-cart']!;
  const both = cart.scores.probabilities['cart']!.map((probability, row) => probability * conversion[row]!);
  return { both, cart: cart.scores.probabilities['cart']!, conversion, parameters: cart.parameters + buy.parameters };
}

async function trainModel(
  model: Pick<MultiTaskConfig, 'kind'>,
  tasks: readonly string[],
  name: string,
  settings: ModelSettings,
): Promise<{ readonly scores: TaskScores; readonly parameters: number }> {
  const { fitted, seed } = settings;
  const encoder: TaskEncoder = { config: fitted, build: () => fieldLayer(fitted) };
  const config = taskTrainingConfigSchema.parse({
    model: { ...model, dropout: settings.dropout },
    tasks: tasks.map((task) => ({ name: task })),
    optimizer: {
      kind: settings.weightDecay > 0 ? 'adamw' : 'adam',
      learningRate: settings.learningRate,
      weightDecay: settings.weightDecay,
    },
    batchSize: settings.batchSize,
    epochs: settings.epochs,
    patience: settings.patience,
    checkpointEverySteps: 1_000_000,
    seed,
    threads: 1,
  });
  // A model of carted views alone takes its batches from them: of all views nine in ten rows would teach it nothing.
  const train = onlyWithTask(settings.train, tasks);
  const outcome = await trainTaskModel({
    config,
    encoder,
    train,
    validation: onlyWithTask(settings.validation, tasks),
    folder: `${settings.folder}-${name}-${seed}`,
    identity: {},
    resume: false,
    clock: manualClock(),
  });
  const scorer = await openTaskScorer({ config: config.model, encoder, tasks }, () => outcome.parameters, { threads: 1 });
  const scores = await scorer.score(settings.judged);
  await scorer.close();
  return { scores, parameters: outcome.layout.size };
}

/** The examples that have at least one of the tasks. */
function onlyWithTask(examples: TaskExamples, tasks: readonly string[]): TaskExamples {
  const rows = Int32Array.from(
    Array.from({ length: examples.rows }, (_, row) => row).filter((row) =>
      tasks.some((task) => !Number.isNaN(examples.labels[task]![row]!)),
    ),
  );
  return {
    rows: rows.length,
    labels: Object.fromEntries(tasks.map((task) => [task, Float32Array.from(rows, (row) => examples.labels[task]![row]!)])),
    feeds: (wanted) => examples.feeds(Int32Array.from(wanted, (at) => rows[at]!)),
  };
}
