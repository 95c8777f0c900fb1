import type { Command } from 'commander';
import type { NextActionPlan } from '../../next-action/train-next-action-run.ts';
import type { RankingPlan } from '../../ranking/train-ranking-run.ts';
import type { RunPlan } from '../../runs/plan-run.ts';
import { InterruptedError, UsageError } from '../cli-errors.ts';
import type { CommandContext, SharedOptions } from '../command-context.ts';
import { list, wholeNumber } from '../option-parsers.ts';
import { pathToShow } from '../path-to-show.ts';
import { PROGRAM_COMMAND } from '../../program-command.ts';
import { addSharedOptions, type Act } from '../shared-options.ts';
import { addTrainingOptions, TRAIN_MODELS, type TrainingOptions } from '../training-options.ts';

interface Options extends SharedOptions, TrainingOptions {
  readonly resume?: boolean;
}

/** `nisus train`: data becomes a run folder with a model, its checkpoints and its report. */
export function addTrainCommand(program: Command, act: Act): void {
  const command = program
    .command('train')
    .summary('train a sequence model and report on it')
    .description(
      'Trains a sequence model, asks its best parameters the test cases beside all baselines, and exports it for serving. The models over actions (…-actions) read all that people did on a platform, content, features, search and trading, as one history, and score subjects by id and content. The rankers (…-ranker) learn from the pages that a platform showed what comes of each place, for several tasks at once, and are calibrated. A run that was interrupted or killed goes on with --resume, to the same figures.',
    )
    .argument(
      '[data]',
      'a data set folder, any file or folder that import reads, or the word generated; for a model over actions or a ranker the folder of a platform; may be left out with --resume --run',
    );
  addTrainingOptions(command, TRAIN_MODELS)
    .option('--tasks <list>', 'of a ranking model: which of the nine tasks of the feed it learns (default: all)', list)
    .option('--validation-hours <n>', 'of a ranking model: hours of pages to choose by (default: 36)', wholeNumber(1, 100_000))
    .option('--test-hours <n>', 'of a ranking model: hours of pages to measure on, the latest (default: 60)', wholeNumber(1, 100_000))
    .option('--resume', 'go on with the run where it stopped')
    .action(async (data: string | undefined, options: Options) => {
      await act(options, async (context) => {
        const overActions = await planOverActions(data, options, context);
        if (overActions !== null) return trainOverActions(overActions, options.resume ?? false, context);
        const ranking = await planRanking(data, options, context);
        if (ranking !== null) return trainRanking(ranking, options.resume ?? false, context);
        const plan = await planTraining(data, options, context);
        context.say(
          `Run ${plan.folder}: ${plan.config.model.kind} on ${plan.dataset.manifest.name}${plan.preset === null ? '' : `, preset ${plan.preset}`}`,
        );
        const { trainRun } = await import('../../runs/train-run.ts');
        const { folder, record, text } = await trainRun(plan, options.resume ?? false, context).catch((error: unknown) => {
          throw error instanceof InterruptedError ? withRemedy(error, plan) : error;
        });
        context.print(context.json ? JSON.stringify({ run: folder, ...record }, null, 2) : text);
        context.say(`Run: ${pathToShow(folder)}\nServe it: ${PROGRAM_COMMAND} serve ${pathToShow(folder)}`);
      });
    });
  addSharedOptions(command, [
    ['nisus train generated --epochs 5', 'a first look, on the built-in data'],
    ['nisus train ../shared/data/ml-1m', 'HSTU with the settings for long histories'],
    ['nisus train clicks.csv --model sasrec --epochs 20 --run runs/clicks', 'another model, a folder of your own'],
    ['nisus train .nisus/platforms/world-demo-7 --model hstu-actions', 'over all that people did on a platform'],
    ['nisus train .nisus/platforms/world-demo-7 --model hstu-ranker', 'PLE over HSTU, nine tasks, from the pages that were shown'],
    ['nisus train --resume --run runs/clicks', 'go on after Ctrl-C, a crash or kill -9'],
  ]);
}

/** The plan of a run on a platform's log; null where another kind of run is asked for. */
async function planOverActions(data: string | undefined, options: Options, context: CommandContext): Promise<NextActionPlan | null> {
  const { isNextActionModel, planNextActionRun } = await import('../next-action-options.ts');
  if (options.resume === true && options.run !== undefined) {
    const { findNextActionRecord, platformOfRun } = await import('../../next-action/next-action-record.ts');
    const { changesConfig } = await import('../training-options.ts');
    const { platformFolder } = await import('../../platform/platform-folder.ts');
    const record = await findNextActionRecord(options.run);
    if (record !== null) {
      const platform = data === undefined ? platformOfRun(options.run, record) : platformFolder(data);
      const { split, preset, config } = record;
      if (!changesConfig(options)) return { folder: options.run, platform, split, preset, config };
      const model = options.model ?? preset ?? undefined;
      if (isNextActionModel(model)) return planNextActionRun(platform.folder, model, options, context.home);
    }
  }
  const { model } = options;
  if (!isNextActionModel(model)) return null;
  if (data === undefined)
    throw new UsageError(
      `train --model ${model} needs DATA: the folder of a platform, whose log it reads. \`${PROGRAM_COMMAND} start\` and \`${PROGRAM_COMMAND} events import\` make one.`,
    );
  return planNextActionRun(data, model, options, context.home);
}

async function trainOverActions(plan: NextActionPlan, resume: boolean, context: CommandContext): Promise<void> {
  context.say(`Run ${plan.folder}: ${plan.preset ?? plan.config.model.encoder.kind} on ${plan.platform.folder}`);
  const { trainNextActionRun } = await import('../../next-action/train-next-action-run.ts');
  const { folder, record, text } = await trainNextActionRun(plan, resume, context).catch((error: unknown) => {
    throw error instanceof InterruptedError ? withRemedy(error, plan) : error;
  });
  context.print(context.json ? JSON.stringify({ run: folder, ...record }, null, 2) : text);
  context.say(
    `Run: ${pathToShow(folder)}\nWhat the other domains add: ${PROGRAM_COMMAND} evaluate ${pathToShow(folder)} --domains content`,
  );
}

/** The plan of a ranking run on a platform's log; null where another kind of run is asked for. */
async function planRanking(data: string | undefined, options: Options, context: CommandContext): Promise<RankingPlan | null> {
  const { isRankerModel, planRankerRun } = await import('../ranker-options.ts');
  if (options.resume === true && options.run !== undefined) {
    const { findRankingRecord, platformOfRankingRun } = await import('../../ranking/ranking-run-record.ts');
    const { changesConfig } = await import('../training-options.ts');
    const { platformFolder } = await import('../../platform/platform-folder.ts');
    const { defaultSplit } = await import('../../ranking/split-pages.ts');
    const record = await findRankingRecord(options.run);
    if (record !== null) {
      const platform = data === undefined ? platformOfRankingRun(options.run, record) : platformFolder(data);
      if (!changesConfig(options))
        return { folder: options.run, platform, tasks: record.tasks, split: defaultSplit, config: record.config };
      const model = options.model ?? `${record.config.model.encoder.kind}-ranker`;
      if (isRankerModel(model)) return planRankerRun(platform.folder, model, options, context.home);
    }
  }
  const { model } = options;
  if (!isRankerModel(model)) return null;
  if (data === undefined)
    throw new UsageError(
      `train --model ${model} needs DATA: the folder of a platform, whose log it reads. \`${PROGRAM_COMMAND} start\` and \`${PROGRAM_COMMAND} events import\` make one.`,
    );
  return planRankerRun(data, model, options, context.home);
}

async function trainRanking(plan: RankingPlan, resume: boolean, context: CommandContext): Promise<void> {
  context.say(`Run ${plan.folder}: ${plan.config.model.encoder.kind}, ${plan.config.loss.tasks.length} tasks, on ${plan.platform.folder}`);
  const { baselineFile } = await import('../../ranking/measure-ranking-run.ts');
  const { trainRankingRun } = await import('../../ranking/train-ranking-run.ts');
  const { folder, record, text } = await trainRankingRun(plan, resume, context).catch((error: unknown) => {
    throw error instanceof InterruptedError ? withRemedy(error, plan) : error;
  });
  context.print(context.json ? JSON.stringify({ run: folder, ...record }, null, 2) : text);
  context.say(
    `Run: ${pathToShow(folder)}\nAgainst its linear baseline: ${PROGRAM_COMMAND} compare ${pathToShow(`${folder}/${baselineFile('linear')}`)} ${pathToShow(folder)}`,
  );
}

async function planTraining(data: string | undefined, options: Options, context: CommandContext): Promise<RunPlan> {
  const { findDataset } = await import('../../datasets/find-dataset.ts');
  const { changesConfig, planRun } = await import('../training-options.ts');
  if (options.resume === true && options.run !== undefined) {
    const { dataFolderOf, findRunRecord } = await import('../../runs/run-record.ts');
    const { RunMissingError } = await import('../../runs/run-errors.ts');
    const record = await findRunRecord(options.run);
    if (record !== null) {
      const dataset = await findDataset(data ?? dataFolderOf(options.run, record), context);
      if (changesConfig(options)) return planRun(dataset, options, context.home);
      return { folder: options.run, dataset, split: record.split, preset: record.preset, config: record.config };
    }
    if (data === undefined) throw new RunMissingError(options.run);
  }
  if (data === undefined) {
    throw new UsageError(
      'train needs DATA: a file or folder of interactions, or the word generated for the built-in data. Without it, only `train --resume --run FOLDER` works, on a run that is there.',
    );
  }
  return planRun(await findDataset(data, context), options, context.home);
}

function withRemedy(error: InterruptedError, { folder }: Pick<RunPlan, 'folder'>): InterruptedError {
  return new InterruptedError(
    error.fields['signal'] as 'SIGINT' | 'SIGTERM',
    `A checkpoint is written. Go on with: ${PROGRAM_COMMAND} train --resume --run ${folder}`,
  );
}
