import { Command } from 'commander';
import { readVersion } from '../version.ts';
import { addCompareCommand } from './commands/compare-command.ts';
import { addEvaluateCommand } from './commands/evaluate-command.ts';
import { addEventsCommand } from './commands/events-command.ts';
import { addFeaturesCommand } from './commands/features-command.ts';
import { addImportCommand } from './commands/import-command.ts';
import { addRecommendCommand } from './commands/recommend-command.ts';
import { addServeCommand } from './commands/serve-command.ts';
import { addStartCommand } from './commands/start-command.ts';
import { addTrainCommand } from './commands/train-command.ts';
import { addWorldCommand } from './commands/world-command.ts';
import { exitCodeHelp } from './exit-codes.ts';
import { inCheckout, type Act } from './shared-options.ts';

/**
 * The whole command line: one command a file in `commands/`. Usage errors are thrown, not exited on.
 *
 * @param json usage errors are thrown only, not told as well
 */
export function createProgram(act: Act, json = false): Command {
  const program = new Command('nisus')
    .description(
      'Trains, evaluates and serves sequence recommenders from interactions. Data sets and runs lie in NISUS_HOME (default: .nisus).',
    )
    .version(readVersion(), '-V, --version', 'print the version')
    .showSuggestionAfterError(true)
    .showHelpAfterError('(--help tells more)')
    .exitOverride()
    .configureOutput(json ? { writeErr() {} } : {})
    .addHelpText(
      'after',
      `\nExamples:\n  $ nisus start\n      train on generated data and serve\n  $ nisus start ../shared/data/ml-100k\n      the same on real data\n${inCheckout()}${exitCodeHelp()}`,
    );
  addStartCommand(program, act);
  addImportCommand(program, act);
  addTrainCommand(program, act);
  addEvaluateCommand(program, act);
  addCompareCommand(program, act);
  addRecommendCommand(program, act);
  addServeCommand(program, act);
  addEventsCommand(program, act);
  addFeaturesCommand(program, act);
  addWorldCommand(program, act);
  return program;
}
