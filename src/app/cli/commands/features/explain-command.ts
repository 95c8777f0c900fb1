import type { Command } from 'commander';
import type { SharedOptions } from '../../command-context.ts';
import { addDeclarationOption, addSeparatorOption, type DeclarationOptions } from '../../declaration-options.ts';
import { wholeNumber } from '../../option-parsers.ts';
import { addPlatformOption, chosenPlatform, moment } from '../../platform-options.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';

interface Options extends SharedOptions, DeclarationOptions {
  readonly at?: number;
  readonly limit: number;
  readonly events: number;
  readonly separator: string;
}

/** `nisus features explain`: a value, and the events that made it. */
export function addFeaturesExplainCommand(features: Command, act: Act): void {
  const command = features
    .command('explain')
    .summary('which events made a value')
    .description(
      'Computes a value anew from the log, of any moment, and shows the events that count and why others do not. Needs no store: a feature can be explained before it is built.',
    )
    .argument('<view>', 'the view')
    .argument('<feature>', 'the feature')
    .argument('<key>', 'the key: an id, KIND:ID for a subject, USER,TAG for a pair')
    .option('--at <time>', 'the moment (default: just after the last event of the log)', moment)
    .option('--events <n>', 'how many of the latest events of the log (or of the user) are looked at', wholeNumber(1), 10_000_000)
    .option('-n, --limit <n>', 'events shown at most, the latest; --json has all', wholeNumber(0), 10);
  addSeparatorOption(addDeclarationOption(addPlatformOption(command))).action(
    async (name: string, feature: string, typed: string, options: Options) => {
      await act(options, async (context) => {
        const { chooseViews, requireFeatures, viewNamed } = await import('../../../features/choose-views.ts');
        const { parseKey } = await import('../../../features/feature-key.ts');
        const { explainPlatform } = await import('../../../features/explain-platform.ts');
        const { explanationText } = await import('../../../features/explanation-text.ts');
        const view = viewNamed(await chooseViews(options.declaration), name);
        requireFeatures(view, [feature]);
        const key = parseKey(view.entity, typed, options.separator);
        const explanation = await explainPlatform(chosenPlatform(options, context), view, {
          feature,
          key,
          atMs: options.at ?? null,
          eventsMax: options.events,
        });
        context.print(
          context.json ? JSON.stringify(explanation, null, 2) : explanationText(explanation, view.features[feature]!, typed, options.limit),
        );
      });
    },
  );
  addSharedOptions(command, [
    ['nisus features explain subject click_rate_1d content:17', 'the click rate of post 17 now'],
    ['nisus features explain user top_tags_7d 42 --at 2026-03-01T12:00:00Z', "user 42's topics as they were known then"],
  ]);
}
