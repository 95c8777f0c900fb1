import type { Command } from 'commander';
import type { SharedOptions } from '../../command-context.ts';
import { addDeclarationOption, type DeclarationOptions } from '../../declaration-options.ts';
import { pathToShow } from '../../path-to-show.ts';
import { addPlatformOption, chosenPlatform } from '../../platform-options.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';

interface Options extends SharedOptions, DeclarationOptions {}

/** `nisus features list`: the declaration, and how it stands in the store. */
export function addFeaturesListCommand(features: Command, act: Act): void {
  const command = features
    .command('list')
    .summary('what is declared, and how far it is built')
    .description('Every view with its features in words, and, where the platform is there, whether they are built and how fresh they are.');
  addDeclarationOption(addPlatformOption(command)).action(async (options: Options) => {
    await act(options, async (context) => {
      const { chooseViews } = await import('../../../features/choose-views.ts');
      const { listPlatform } = await import('../../../features/list-platform.ts');
      const { viewListText } = await import('../../../features/view-list-text.ts');
      const views = await chooseViews(options.declaration);
      const platform = chosenPlatform(options, context);
      // A declaration can be looked at before there is anything to build it from.
      const { states, log } = await listPlatform(platform, views, options.platform !== undefined);
      if (context.json) {
        const described = views.map((view, at) => ({ ...view, state: states[at] }));
        context.print(JSON.stringify({ platform: log === null ? null : platform.folder, log, views: described }, null, 2));
        return;
      }
      context.print(viewListText(views, states, log));
      if (log === null) context.say(`\nNothing is built: ${pathToShow(platform.folder)} holds no event log.`);
    });
  });
  addSharedOptions(command, [
    ['nisus features list', "the platform's own, as they stand in the world that `nisus start` made"],
    ['nisus features list --declaration features.ts --platform .nisus/platforms/shop', 'your own, of your platform'],
  ]);
}
