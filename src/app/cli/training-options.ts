import { Option, type Command } from 'commander';
import { trainingConfigSchema, type TrainingConfig } from '../../learn/training/training-config.ts';
import { shapeOf, type FoundDataset } from '../datasets/find-dataset.ts';
import { choosePreset, MODEL_KINDS, PRESET_NAMES, presetConfig, type ModelKind, type PresetName } from '../presets.ts';
import { NEXT_ACTION_MODELS, type NextActionModel } from '../next-action/next-action-presets.ts';
import { RANKER_MODELS, type RankerModel } from '../ranking/ranking-preset.ts';
import { defaultRunFolder, type RunPlan } from '../runs/plan-run.ts';
import { SPLIT_KINDS, type SplitKind } from '../runs/run-record.ts';
import { UsageError } from './cli-errors.ts';
import { positiveNumber, wholeNumber } from './option-parsers.ts';
import { checkedSettings, readSettings, SETTINGS_WRONG } from './training-settings.ts';

/** What `train --model` takes. */
export const TRAIN_MODELS: readonly string[] = [...MODEL_KINDS, ...NEXT_ACTION_MODELS, ...RANKER_MODELS];

/** Options of commands that train. */
export interface TrainingOptions {
  /** `train` alone takes those of `NEXT_ACTION_MODELS` and `RANKER_MODELS`. */
  readonly model?: ModelKind | NextActionModel | RankerModel;
  /** Of ranking models. */
  readonly tasks?: readonly string[];
  /** Of ranking models: how much of the end of the log is set aside. */
  readonly validationHours?: number;
  readonly testHours?: number;
  readonly preset?: PresetName;
  readonly config?: string;
  readonly epochs?: number;
  readonly patience?: number;
  readonly batchSize?: number;
  readonly dimension?: number;
  readonly maxLength?: number;
  readonly blocks?: number;
  readonly dropout?: number;
  readonly learningRate?: number;
  readonly checkpointEvery?: number;
  readonly seed?: number;
  readonly threads?: number;
  readonly split?: SplitKind;
  readonly run?: string;
}

/** Adds {@link TrainingOptions} to a command. */
export function addTrainingOptions(command: Command, models: readonly string[] = MODEL_KINDS): Command {
  return command
    .addOption(new Option('--model <kind>', 'architecture; the preset follows from it and the data (default: hstu)').choices(models))
    .addOption(new Option('--preset <name>', 'settings made for a kind of data').choices(PRESET_NAMES).conflicts(['model', 'config']))
    .addOption(new Option('--config <file>', 'a whole training config as JSON, for example from a run.json').conflicts('preset'))
    .option('--epochs <n>', 'passes over the data, at most', wholeNumber(1, 100_000))
    .option('--patience <n>', 'validations without a better one before training ends', wholeNumber(1))
    .option('--batch-size <n>', 'histories in a step', wholeNumber(1, 65_536))
    .option('--dimension <n>', 'width of the model', wholeNumber(1, 4096))
    .option('--max-length <n>', 'latest interactions that the model reads', wholeNumber(2, 10_000))
    .option('--blocks <n>', 'layers of attention', wholeNumber(1, 64))
    .option('--dropout <share>', 'share of activations dropped in training', Number)
    .option('--learning-rate <rate>', 'step length of the optimizer', positiveNumber)
    .option('--checkpoint-every <steps>', 'steps between two checkpoints', wholeNumber(1))
    .option('--seed <n>', 'of parameters, order and dropout', wholeNumber(0))
    .option('--threads <n>', 'threads of a step', wholeNumber(1, 256))
    .addOption(
      new Option('--split <kind>', 'how test cases are cut (default: leave-one-out; time for models over actions)').choices(SPLIT_KINDS),
    )
    .option('--run <folder>', 'where the run goes (default: a folder named after data and settings under NISUS_HOME/runs)');
}

/** Whether an option says something of the config or the split. */
export function changesConfig(options: TrainingOptions): boolean {
  const { run: _run, ...rest } = options;
  return CONFIG_OPTIONS.some((name) => rest[name] !== undefined);
}

const CONFIG_OPTIONS = [
  'model',
  'preset',
  'config',
  'tasks',
  'validationHours',
  'testHours',
  'epochs',
  'patience',
  'batchSize',
  'dimension',
  'maxLength',
  'blocks',
  'dropout',
  'learningRate',
  'checkpointEvery',
  'seed',
  'threads',
  'split',
] as const satisfies readonly (keyof TrainingOptions)[];

/**
 * Makes the plan of a run: preset or config file, then the single options over it.
 *
 * @throws {UsageError} where the config that results is not valid; {@link FileMissingError}
 */
export async function planRun(
  dataset: Pick<FoundDataset, 'folder' | 'manifest'>,
  options: TrainingOptions,
  home: string,
): Promise<RunPlan> {
  if (options.config !== undefined && options.model !== undefined)
    throw new UsageError('--config says which model; leave --model out, or --config.', { config: options.config, model: options.model });
  const shape = shapeOf(dataset.manifest);
  const model = MODEL_KINDS.find((kind) => kind === options.model) ?? 'hstu';
  const preset = options.config === undefined ? (options.preset ?? choosePreset(model, shape)) : null;
  const base = preset === null ? await readSettings(options.config!, checked) : presetConfig(preset, shape);
  const config = checked(withOptions(base, options));
  const plan = { dataset, split: options.split ?? 'leave-one-out', preset, config };
  return { ...plan, folder: options.run ?? defaultRunFolder(home, plan) };
}

function withOptions(base: TrainingConfig, options: TrainingOptions): TrainingConfig {
  const { model } = base;
  const dimension = options.dimension ?? model.dimension;
  const sizes = {
    dimension,
    maxLength: options.maxLength ?? model.maxLength,
    blocks: options.blocks ?? model.blocks,
    dropout: options.dropout ?? model.dropout,
  };
  // Queries and values keep their proportion to the width.
  const scaled = (size: number) => Math.max(1, Math.round((size * dimension) / model.dimension));
  return {
    ...base,
    model:
      model.kind === 'hstu'
        ? { ...model, ...sizes, queryDimension: scaled(model.queryDimension), valueDimension: scaled(model.valueDimension) }
        : { ...model, ...sizes },
    optimizer: { ...base.optimizer, learningRate: options.learningRate ?? base.optimizer.learningRate },
    batchSize: options.batchSize ?? base.batchSize,
    epochs: options.epochs ?? base.epochs,
    patience: options.patience ?? base.patience,
    checkpointEverySteps: options.checkpointEvery ?? base.checkpointEverySteps,
    seed: options.seed ?? base.seed,
    threads: options.threads ?? base.threads,
  };
}

function checked(settings: unknown, problem = SETTINGS_WRONG): TrainingConfig {
  const config = checkedSettings(trainingConfigSchema, settings, problem);
  const { model } = config;
  if (model.kind === 'sasrec' && model.dimension % model.heads !== 0) {
    throw new UsageError(
      `${problem}: sasrec shares the dimension out among the heads, and ${model.dimension} does not divide into ${model.heads} heads. Choose a multiple of ${model.heads} (--dimension ${model.heads * Math.max(1, Math.round(model.dimension / model.heads))}), or other heads in a --config file.`,
      { dimension: model.dimension, heads: model.heads },
    );
  }
  return config;
}
