import path from 'node:path';
import type { Command } from 'commander';
import { folderNameOf, sourceBaseName } from '../../../datasets/dataset-name.ts';
import { platformFolder } from '../../../platform/platform-folder.ts';
import { PROGRAM_COMMAND } from '../../../program-command.ts';
import { formatCount, formatCountOf } from '../../../words/amounts.ts';
import { withRemedy } from '../../cli-errors.ts';
import type { SharedOptions } from '../../command-context.ts';
import { pathToShow } from '../../path-to-show.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';

interface Options extends SharedOptions {
  readonly platform?: string;
}

/** `nisus events rebuild`: a log made of exported files. */
export function addEventsRebuildCommand(events: Command, act: Act): void {
  const command = events
    .command('rebuild')
    .summary('make a log from exported Parquet files')
    .description(
      'Makes a log, or adds to one, from files that `nisus events export` wrote: the same events in the same order. What the log holds already is passed over, so a rebuild that was broken off goes on.',
    )
    .argument('<files...>', 'Parquet files, in the order in which they were written')
    .option('--platform <folder>', "the platform's folder, made where it is missing (default: NISUS_HOME/platforms/NAME of the first file)")
    .action(async (files: readonly string[], options: Options) => {
      await act(options, async (context) => {
        const { rebuildPlatformLog } = await import('../../../events/event-files.ts');
        const name = folderNameOf(sourceBaseName(files[0]!));
        const platform = platformFolder(options.platform ?? path.join(context.home, 'platforms', name));
        const report = await withRemedy(rebuildPlatformLog(platform, files, context), 'The same command goes on from here.');
        const place = pathToShow(platform.folder);
        const had = report.events - report.added;
        const words = `Rebuilt ${place}: ${formatCountOf(report.added, 'event')} added${had === 0 ? '' : `, ${formatCount(had)} were there already`}`;
        context.print(context.json ? JSON.stringify({ platform: platform.folder, ...report }, null, 2) : words);
        context.say(`Its features: ${PROGRAM_COMMAND} features backfill --platform ${place}`);
      });
    });
  addSharedOptions(command, [
    ['nisus events rebuild events.parquet', 'into NISUS_HOME/platforms/events'],
    ['nisus events rebuild march.parquet april.parquet --platform restored', 'several files into a folder of your own'],
  ]);
}
