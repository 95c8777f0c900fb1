import type { Command } from 'commander';
import { formatCountOf } from '../../../words/amounts.ts';
import type { SharedOptions } from '../../command-context.ts';
import { wholeNumber } from '../../option-parsers.ts';
import { addPlatformOption, chosenPlatform, moment, type PlatformOptions } from '../../platform-options.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';
import { formatTable } from '../../../words/table.ts';

interface Options extends SharedOptions, PlatformOptions {
  readonly limit: number;
  readonly at?: number;
}

/** `nisus events user`: the latest events of one user. */
export function addEventsUserCommand(events: Command, act: Act): void {
  const command = events
    .command('user')
    .summary("a user's latest events")
    .description('The latest events of one user, the latest last. No error where the user has none.')
    .argument('<id>', 'the user')
    .option('-n, --limit <n>', 'how many', wholeNumber(1, 1_000_000), 20)
    .option('--at <time>', 'only what was known then: received before', moment);
  addPlatformOption(command).action(async (id: string, options: Options) => {
    await act(options, async (context) => {
      const { openPlatformLog } = await import('../../../events/open-platform-log.ts');
      const { EVENT_HEADER, eventCells } = await import('../../../events/event-words.ts');
      const log = await openPlatformLog(chosenPlatform(options, context));
      try {
        const { limit, at } = options;
        const found = await log.readUser(id, { limit, ...(at === undefined ? {} : { receivedBeforeMs: at }) });
        if (context.json) context.print(JSON.stringify(found, null, 2));
        else if (found.length === 0)
          context.print(`The log holds no event of user ${id}${at === undefined ? '' : ' from before that moment'}.`);
        else {
          const title = `The last ${formatCountOf(found.length, 'event')} of user ${id}`;
          context.print(`${title}\n${formatTable([EVENT_HEADER, ...found.map(eventCells)], [3])}`);
        }
      } finally {
        await log.close();
      }
    });
  });
  addSharedOptions(command, [
    ['nisus events user 42', 'the last 20 of user 42'],
    ['nisus events user 42 -n 100 --at 2026-03-01 --json', 'as it was known at the start of March'],
  ]);
}
