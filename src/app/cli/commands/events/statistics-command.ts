import type { Command } from 'commander';
import type { SharedOptions } from '../../command-context.ts';
import { pathToShow } from '../../path-to-show.ts';
import { addPlatformOption, chosenPlatform, type PlatformOptions } from '../../platform-options.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';

interface Options extends SharedOptions, PlatformOptions {}

/** `nisus events statistics`: what a log holds. */
export function addEventsStatisticsCommand(events: Command, act: Act): void {
  const command = events
    .command('statistics')
    .summary('what the log holds')
    .description('Events, offsets, times and size of the log, and what it has turned away since it was made.');
  addPlatformOption(command).action(async (options: Options) => {
    await act(options, async (context) => {
      const { openPlatformLog } = await import('../../../events/open-platform-log.ts');
      const { statisticsText } = await import('../../../events/event-words.ts');
      const platform = chosenPlatform(options, context);
      const log = await openPlatformLog(platform);
      try {
        const statistics = await log.statistics();
        context.print(
          context.json
            ? JSON.stringify({ platform: platform.folder, ...statistics }, null, 2)
            : statisticsText(pathToShow(platform.folder), statistics),
        );
      } finally {
        await log.close();
      }
    });
  });
  addSharedOptions(command, [
    ['nisus events statistics', 'of the world that `nisus start` made'],
    ['nisus events statistics --platform .nisus/platforms/retailrocket --json', 'of another platform, for a script'],
  ]);
}
