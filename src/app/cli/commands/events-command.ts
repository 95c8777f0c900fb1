import type { Command } from 'commander';
import type { Act } from '../shared-options.ts';
import { addEventsDatasetCommand } from './events/dataset-command.ts';
import { addEventsDropCommand } from './events/drop-command.ts';
import { addEventsExportCommand } from './events/export-command.ts';
import { addEventsImportCommand } from './events/import-command.ts';
import { addEventsRebuildCommand } from './events/rebuild-command.ts';
import { addEventsStatisticsCommand } from './events/statistics-command.ts';
import { addEventsUserCommand } from './events/user-command.ts';

/** `nisus events`: the log of what happened. */
export function addEventsCommand(program: Command, act: Act): void {
  const events = program
    .command('events')
    .summary('the event log: import, look into, make a data set, export, rebuild, drop')
    .description('Works on the event log of a platform. What only reads runs beside a server that writes.');
  addEventsImportCommand(events, act);
  addEventsStatisticsCommand(events, act);
  addEventsUserCommand(events, act);
  addEventsDatasetCommand(events, act);
  addEventsExportCommand(events, act);
  addEventsRebuildCommand(events, act);
  addEventsDropCommand(events, act);
}
