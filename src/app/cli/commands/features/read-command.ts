import type { Command } from 'commander';
import type { SharedOptions } from '../../command-context.ts';
import { addDeclarationOption, addSeparatorOption, type DeclarationOptions } from '../../declaration-options.ts';
import { list } from '../../option-parsers.ts';
import { addPlatformOption, chosenPlatform, moment } from '../../platform-options.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';

interface Options extends SharedOptions, DeclarationOptions {
  readonly features?: readonly string[];
  readonly at?: number;
  readonly separator: string;
}

/** `nisus features read`: values as a serving process reads them. */
export function addFeaturesReadCommand(features: Command, act: Act): void {
  const command = features
    .command('read')
    .summary('values of keys')
    .description(
      'Values from the store, as a serving process reads them. A subject is KIND:ID, a pair such as user × tag is USER,TAG. A key without events has the values of one that nothing is known of.',
    )
    .argument('<view>', 'the view')
    .argument('<keys...>', 'its keys')
    .option('--features <names>', 'only these, with commas between them', list)
    .option('--at <time>', 'the moment; the store knows no moment before its last event (default: just after that)', moment);
  addSeparatorOption(addDeclarationOption(addPlatformOption(command))).action(
    async (name: string, typed: readonly string[], options: Options) => {
      await act(options, async (context) => {
        const { chooseViews, requireFeatures, viewNamed } = await import('../../../features/choose-views.ts');
        const { parseKey, showKey } = await import('../../../features/feature-key.ts');
        const { readPlatform } = await import('../../../features/read-platform.ts');
        const { readingText } = await import('../../../features/reading-text.ts');
        const { separator } = options;
        const view = viewNamed(await chooseViews(options.declaration), name);
        requireFeatures(view, options.features ?? []);
        const keys = typed.map((text) => parseKey(view.entity, text, separator));
        const read = { view, keys, features: options.features ?? null, atMs: options.at ?? null };
        const reading = await readPlatform(chosenPlatform(options, context), read);
        const shown = (key: string) => showKey(view.entity, key, separator);
        context.print(context.json ? JSON.stringify(reading, null, 2) : readingText(view, reading, shown));
        if (options.at !== undefined && options.at < reading.atMs)
          context.say('\nThe store has moved on from that moment; `features explain --at` computes values of the past.');
      });
    },
  );
  addSharedOptions(command, [
    ['nisus features read user 42', 'all of user 42'],
    ['nisus features read subject content:17 content:18 --features clicks_1d,click_rate_1d --json', 'two features of two posts'],
    ['nisus features read user_tag 42,defi', "user 42's taste for a topic"],
  ]);
}
