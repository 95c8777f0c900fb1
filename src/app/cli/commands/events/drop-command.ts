import type { Command } from 'commander';
import { platformFolder } from '../../../platform/platform-folder.ts';
import { formatCount, formatCountOf } from '../../../words/amounts.ts';
import { formatMoment } from '../../../words/moments.ts';
import type { SharedOptions } from '../../command-context.ts';
import { moment } from '../../platform-options.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';

interface Options extends SharedOptions {
  readonly platform: string;
  readonly before: number;
}

/** `nisus events drop`: old events go. */
export function addEventsDropCommand(events: Command, act: Act): void {
  const command = events
    .command('drop')
    .summary('let old events go')
    .description(
      'Removes blocks of events that all happened before a moment, for good; a block that reaches beyond it stays whole. Features that are built keep what they know. Not beside a server that writes the log.',
    )
    // No default: what is destroyed must have been named.
    .requiredOption('--platform <folder>', "the platform's folder")
    .requiredOption('--before <time>', 'a date or a time, in UTC unless it says otherwise', moment)
    .action(async (options: Options) => {
      await act(options, async (context) => {
        const { dropFromLog } = await import('../../../events/drop-from-log.ts');
        const { dropped, log } = await dropFromLog(platformFolder(options.platform), options.before, context);
        const left = `${formatCount(log.events)} left${log.firstTimeMs === null ? '' : `, from ${formatMoment(log.firstTimeMs)} on`}`;
        const words = `Dropped ${formatCountOf(dropped, 'event')} from before ${formatMoment(options.before)}; ${left}`;
        context.print(context.json ? JSON.stringify({ dropped, log }, null, 2) : words);
      });
    });
  addSharedOptions(command, [
    ['nisus events drop --platform .nisus/platforms/shop --before 2025-01-01', 'keep what happened from 2025 on'],
  ]);
}
