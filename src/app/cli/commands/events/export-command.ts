import type { Command } from 'commander';
import { formatCountOf } from '../../../words/amounts.ts';
import type { SharedOptions } from '../../command-context.ts';
import { addPlatformOption, chosenPlatform, type PlatformOptions } from '../../platform-options.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';

interface Options extends SharedOptions, PlatformOptions {
  readonly replace?: boolean;
}

/** `nisus events export`: the log as a Parquet file. */
export function addEventsExportCommand(events: Command, act: Act): void {
  const command = events
    .command('export')
    .summary('write the log to a Parquet file')
    .description(
      'Writes all events, in order, to one Parquet file that any tool reads; it appears whole or not at all. Runs beside a server.',
    )
    .argument('<file>', 'the Parquet file')
    .option('--replace', 'replace the file where it is there already');
  addPlatformOption(command).action(async (file: string, options: Options) => {
    await act(options, async (context) => {
      const { exportLog } = await import('../../../events/event-files.ts');
      const report = await exportLog(chosenPlatform(options, context), file, { replace: options.replace ?? false }, context);
      context.print(context.json ? JSON.stringify(report, null, 2) : `Exported ${formatCountOf(report.events, 'event')} to ${report.path}`);
    });
  });
  addSharedOptions(command, [
    ['nisus events export events.parquet', "the world's events"],
    ['nisus events export backup.parquet --platform .nisus/platforms/retailrocket --replace', 'of another platform, over the last one'],
  ]);
}
