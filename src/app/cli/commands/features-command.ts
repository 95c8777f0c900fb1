import type { Command } from 'commander';
import type { Act } from '../shared-options.ts';
import { addFeaturesBackfillCommand } from './features/backfill-command.ts';
import { addFeaturesExplainCommand } from './features/explain-command.ts';
import { addFeaturesListCommand } from './features/list-command.ts';
import { addFeaturesReadCommand } from './features/read-command.ts';
import { addFeaturesValidateCommand } from './features/validate-command.ts';

/** `nisus features`: what is known of users, subjects and the rest. */
export function addFeaturesCommand(program: Command, act: Act): void {
  const features = program
    .command('features')
    .summary('features: list, read, explain, validate, backfill')
    .description('Works on the features of a platform, beside a server that streams. --declaration takes features of your own.');
  addFeaturesListCommand(features, act);
  addFeaturesReadCommand(features, act);
  addFeaturesExplainCommand(features, act);
  addFeaturesValidateCommand(features, act);
  addFeaturesBackfillCommand(features, act);
}
