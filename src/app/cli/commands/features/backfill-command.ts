import type { Command } from 'commander';
import { formatCountOf, formatDuration } from '../../../words/amounts.ts';
import type { PlatformBackfill } from '../../../features/backfill-platform.ts';
import { withRemedy } from '../../cli-errors.ts';
import type { SharedOptions } from '../../command-context.ts';
import { addDeclarationOption, type DeclarationOptions } from '../../declaration-options.ts';
import { addPlatformOption, chosenPlatform } from '../../platform-options.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';

interface Options extends SharedOptions, DeclarationOptions {}

/** `nisus features backfill`: what is declared and not built is built. */
export function addFeaturesBackfillCommand(features: Command, act: Act): void {
  const command = features
    .command('backfill')
    .summary('build what is not built yet, from the log')
    .description(
      'Builds views that are new or changed from the whole log, beside those that are served. A server that streams takes them over; where none runs, all features are brought up to date as well. Goes on where it was stopped.',
    );
  addDeclarationOption(addPlatformOption(command)).action(async (options: Options) => {
    await act(options, async (context) => {
      const { chooseViews } = await import('../../../features/choose-views.ts');
      const { backfillPlatform } = await import('../../../features/backfill-platform.ts');
      const views = await chooseViews(options.declaration);
      const result = await withRemedy(
        backfillPlatform(chosenPlatform(options, context), views, context),
        'What is built is kept: the same command goes on from here.',
      );
      context.print(context.json ? JSON.stringify(result, null, 2) : inWords(result));
    });
  });
  addSharedOptions(command, [
    ['nisus features backfill --platform .nisus/platforms/retailrocket', "the platform's own features of an imported log"],
    ['nisus features backfill --declaration features.ts', 'your own, while a server runs'],
  ]);
}

function inWords({ built, events, leftTo, durationMs }: PlatformBackfill): string {
  const what = built.length === 0 ? 'Everything was built' : `Built ${built.join(', ')}`;
  const cost = events === 0 ? '' : ` from ${formatCountOf(events, 'event')} in ${formatDuration(durationMs / 1000)}`;
  const seconds = durationMs / 1000;
  const rate = events === 0 || seconds < 1 ? '' : ` (${formatCountOf(events / seconds, 'event')}/s)`;
  const next = leftTo === null ? 'up to date with the log' : `${leftTo} writes the log, and takes it from here if it streams these views`;
  return `${what}${cost}${rate}; ${next}`;
}
