import type { Command } from 'commander';
import type { SharedOptions } from '../../command-context.ts';
import { addDeclarationOption, type DeclarationOptions } from '../../declaration-options.ts';
import { wholeNumber } from '../../option-parsers.ts';
import { addPlatformOption, chosenPlatform } from '../../platform-options.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';

interface Options extends SharedOptions, DeclarationOptions {
  readonly events: number;
}

/** `nisus features validate`: a declaration held against a log. */
export function addFeaturesValidateCommand(features: Command, act: Act): void {
  const command = features
    .command('validate')
    .summary('hold a declaration against the log')
    .description(
      'Finds features that no event feeds, views whose key no event has, and windows that are cut badly; tells what each view costs. Changes nothing. A wrong declaration ends with exit code 65, a doubtful one with 0.',
    )
    .option('--events <n>', 'the latest events of the log to look at', wholeNumber(1), 100_000);
  addDeclarationOption(addPlatformOption(command)).action(async (options: Options) => {
    await act(options, async (context) => {
      const { chooseViews } = await import('../../../features/choose-views.ts');
      const { validatePlatform } = await import('../../../features/validate-platform.ts');
      const { validationText } = await import('../../../features/validation-text.ts');
      const views = await chooseViews(options.declaration);
      const validation = await validatePlatform(chosenPlatform(options, context), views, options.events, context);
      context.print(context.json ? JSON.stringify(validation, null, 2) : validationText(validation));
    });
  });
  addSharedOptions(command, [
    ['nisus features validate', "the platform's own, against the world's log"],
    ['nisus features validate --declaration features.ts --platform .nisus/platforms/shop', 'your own, before you backfill them'],
  ]);
}
