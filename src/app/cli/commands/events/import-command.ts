import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { EventAction, SubjectKind } from '../../../../data/events/event-actions.ts';
import { folderNameOf, sourceBaseName } from '../../../datasets/dataset-name.ts';
import { platformFolder } from '../../../platform/platform-folder.ts';
import { PROGRAM_COMMAND } from '../../../program-command.ts';
import { withRemedy } from '../../cli-errors.ts';
import type { SharedOptions } from '../../command-context.ts';
import { list } from '../../option-parsers.ts';
import { pathToShow } from '../../path-to-show.ts';
import { addSharedOptions, type Act } from '../../shared-options.ts';
import { addSourceOptions, sourceOptions, type SourceOptions } from '../../source-options.ts';

interface Options extends SharedOptions, SourceOptions {
  readonly platform?: string;
  readonly name?: string;
  readonly map?: Readonly<Record<string, EventAction>>;
  readonly action?: EventAction;
  readonly kind: SubjectKind;
}

/** `nisus events import`: each row of a file of interactions becomes an event. */
export function addEventsImportCommand(events: Command, act: Act): void {
  const command = events
    .command('import')
    .summary('turn a file of interactions into events')
    .description(
      'Reads what `nisus import` reads into the event log of a platform: each row an event. Importing the same again changes nothing. Bad rows are counted, written to a file and told.',
    )
    .argument('<source>', 'a file, or a folder that holds one')
    .option('--platform <folder>', "the platform's folder, made where it is missing (default: NISUS_HOME/platforms/NAME)")
    .option('--name <name>', 'stands before the ids of the events (default: that of the source)')
    .option('--map <kinds>', 'action by kind of event, for example view=click,basket=order-placed (default: by usual names)', actions)
    .option('--action <action>', 'action of every row where there are no kinds (default: click)')
    .addOption(new Option('--kind <kind>', 'what the items are').choices(['content', 'feature', 'instrument']).default('content'));
  addSourceOptions(command).action(async (source: string, options: Options) => {
    await act(options, async (context) => {
      const { importIntoLog } = await import('../../../events/import-into-log.ts');
      const { logImportSummary } = await import('../../../events/event-words.ts');
      const name = options.name ?? sourceBaseName(source);
      const platform = platformFolder(options.platform ?? path.join(context.home, 'platforms', folderNameOf(name)));
      const { map, action, kind } = options;
      const report = await withRemedy(
        importIntoLog(source, platform, { ...sourceOptions(options), name, subjectKind: kind, actions: map, action }, context),
        'What is in the log stays: the same command adds the rest.',
      );
      context.print(context.json ? JSON.stringify(report, null, 2) : logImportSummary(report));
      context.say(`Its features: ${PROGRAM_COMMAND} features backfill --platform ${pathToShow(platform.folder)}`);
    });
  });
  addSharedOptions(command, [
    ['nisus events import ../shared/data/retailrocket', 'a folder in a known form'],
    ['nisus events import clicks.csv --columns user=visitor,item=sku,time=at', 'named columns'],
    ['nisus events import trades.parquet --kind instrument --map fill=trade-filled,watch=follow', 'kinds of event with names of their own'],
  ]);
}

/** Parses `view=click,basket=order-placed`; whether there is such an action, the import says. */
function actions(text: string): Readonly<Record<string, EventAction>> {
  const mapping = new Map<string, EventAction>();
  for (const entry of list(text)) {
    const at = entry.lastIndexOf('=');
    const kind = entry.slice(0, Math.max(0, at)).trim();
    if (kind === '' || at === entry.length - 1) throw new InvalidArgumentError(`'${entry}' is not KIND=ACTION, such as view=click.`);
    mapping.set(kind, entry.slice(at + 1).trim() as EventAction);
  }
  return Object.fromEntries(mapping);
}
