import type { Command } from 'commander';
import { PROGRAM_COMMAND } from '../../program-command.ts';
import { InterruptedError } from '../cli-errors.ts';
import type { SharedOptions } from '../command-context.ts';
import { list, wholeNumber } from '../option-parsers.ts';
import { pathToShow } from '../path-to-show.ts';
import { addSharedOptions, type Act } from '../shared-options.ts';
import { addTrainingOptions, TRAIN_MODELS } from '../training-options.ts';
import { planNextAction } from './train/plan-next-action.ts';
import { planRanking } from './train/plan-ranking.ts';
import { planSequence } from './train/plan-sequence.ts';
import type { PlanningOptions } from './train/planned-run.ts';

interface Options extends SharedOptions, PlanningOptions {}

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
        const plan =
          (await planNextAction(data, options, context)) ??
          (await planRanking(data, options, context)) ??
          (await planSequence(data, options, context));
        context.say(`Run ${plan.folder}: ${plan.what}`);
        const { folder, record, text, next } = await plan.train(options.resume ?? false, context).catch((error: unknown) => {
          throw error instanceof InterruptedError ? withRemedy(error, plan.folder) : error;
        });
        context.print(context.json ? JSON.stringify({ run: folder, ...record }, null, 2) : text);
        context.say(`Run: ${pathToShow(folder)}\n${next}`);
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

function withRemedy(error: InterruptedError, folder: string): InterruptedError {
  return new InterruptedError(
    error.fields['signal'] as 'SIGINT' | 'SIGTERM',
    `A checkpoint is written. Go on with: ${PROGRAM_COMMAND} train --resume --run ${folder}`,
  );
}
