import path from 'node:path';
import type { Command } from 'commander';
import { EVENT_ACTIONS, type EventAction } from '../../../../data/events/event-actions.ts';
import { formatCountOf } from '../../../words/amounts.ts';
import { UsageError } from '../../cli-errors.ts';
import type { SharedOptions } from '../../command-context.ts';
import { list, wholeNumber } from '../../option-parsers.ts';
import { pathToShow } from '../../path-to-show.ts';
import { addPlatformOption, chosenPlatform, type PlatformOptions } from '../../platform-options.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';

interface Options extends SharedOptions, PlatformOptions {
  readonly out?: string;
  readonly name?: string;
  readonly minUser: number;
  readonly minItem: number;
  readonly action?: readonly string[];
}

/** `nisus events dataset`: the log as a data set that `nisus train` takes. */
export function addEventsDatasetCommand(events: Command, act: Act): void {
  const command = events
    .command('dataset')
    .summary('make a data set for training of the log')
    .description(
      'Writes who took up what, in order of time, over content, features, instruments and search, as a data set for `nisus train`. Items are named KIND:ID. Runs beside a server.',
    )
    .option('--out <folder>', "where the data set goes (default: the platform's own place for it)")
    .option('--name <name>', "name of the data set (default: that of the platform's folder)")
    .option('--min-user <n>', 'interactions that a user must have to stay (k-core)', wholeNumber(1), 3)
    .option('--min-item <n>', 'interactions that an item must have to stay (k-core)', wholeNumber(1), 5)
    .option(
      '--action <actions>',
      'actions that count, with commas between them (default: click, open, adopt, complete, result-click, order-placed)',
      list,
    );
  addPlatformOption(command).action(async (options: Options) => {
    await act(options, async (context) => {
      const unknown = options.action?.find((action) => !(EVENT_ACTIONS as readonly string[]).includes(action));
      if (unknown !== undefined) {
        throw new UsageError(`--action names "${unknown}"; expected some of ${EVENT_ACTIONS.join(', ')}.`, { action: unknown });
      }
      const { openPlatformLog } = await import('../../../events/open-platform-log.ts');
      const { datasetOfLog } = await import('../../../events/dataset-of-log.ts');
      const place = chosenPlatform(options, context);
      const destination = options.out ?? place.dataset;
      const log = await openPlatformLog(place);
      try {
        const manifest = await datasetOfLog(
          place,
          log,
          {
            destination,
            name: options.name ?? path.basename(place.folder),
            minimumUserInteractions: options.minUser,
            minimumItemInteractions: options.minItem,
            ...(options.action === undefined ? {} : { actions: options.action as readonly EventAction[] }),
          },
          context,
        );
        const { users, items, interactions } = manifest.counts;
        const told = `Data set ${manifest.name}: ${formatCountOf(interactions, 'interaction')} of ${formatCountOf(users, 'user')} with ${formatCountOf(items, 'item')}\n  folder    ${pathToShow(destination)}`;
        context.print(context.json ? JSON.stringify({ folder: destination, manifest }, null, 2) : told);
      } finally {
        await log.close();
      }
    });
  });
  addSharedOptions(command, [
    ['nisus events dataset --platform .nisus/platforms/retailrocket', 'then: nisus train .nisus/platforms/retailrocket/dataset'],
  ]);
}
