import path from 'node:path';
import type { Command } from 'commander';
import type { SharedOptions } from '../command-context.ts';
import { wholeNumber } from '../option-parsers.ts';
import { addSharedOptions, type Act } from '../shared-options.ts';
import { addSourceOptions, sourceOptions, type SourceOptions } from '../source-options.ts';
import { folderNameOf, sourceBaseName } from '../../datasets/dataset-name.ts';

interface Options extends SharedOptions, SourceOptions {
  readonly out?: string;
  readonly name?: string;
  readonly titles?: string | false;
  readonly minUser?: number;
  readonly minItem?: number;
}

/** `nisus import`: a file or folder of interactions becomes a data set folder. */
export function addImportCommand(program: Command, act: Act): void {
  const command = program
    .command('import')
    .summary('turn a file of interactions into a data set')
    .description(
      'Reads CSV, TSV, JSONL, Parquet, MovieLens 100K and 1M or sequences (gzip or not) into a data set folder. Bad rows are counted, written to rejects.jsonl and told.',
    )
    .argument('<source>', 'a file, or a folder that holds one')
    .option('--out <folder>', 'where the data set goes (default: NISUS_HOME/data/NAME)')
    .option('--name <name>', 'name of the data set (default: that of the source)');
  addSourceOptions(command)
    .option('--titles <file>', 'a file of item titles')
    .option('--no-titles', 'no titles, even where a file of them stands beside the data')
    .option('--min-user <n>', 'interactions that a user must have to stay (k-core)', wholeNumber(1))
    .option('--min-item <n>', 'interactions that an item must have to stay (k-core)', wholeNumber(1))
    .action(async (source: string, options: Options) => {
      await act(options, async (context) => {
        const { importSource } = await import('../../datasets/import-source.ts');
        const { importSummary } = await import('../../datasets/import-summary.ts');
        const report = await importSource(
          source,
          { ...importOptions(options), destination: options.out ?? path.join(context.home, 'data', folderName(source, options)) },
          context,
        );
        context.print(context.json ? JSON.stringify(report, null, 2) : importSummary(report));
      });
    });
  addSharedOptions(command, [
    ['nisus import ../shared/data/ml-100k', 'a folder in a known form'],
    ['nisus import clicks.csv.gz --columns user=visitor,item=sku,time=at --min-user 5 --min-item 5', 'named columns, 5-core'],
    ['nisus import events.parquet --event view,buy --strict --json', 'two kinds of event; the first bad row stops it'],
  ]);
}

function importOptions(options: Options) {
  return {
    ...sourceOptions(options),
    name: options.name,
    // Commander gives true where neither --titles nor --no-titles stands.
    titles: typeof options.titles === 'boolean' && options.titles ? undefined : options.titles,
    minimumUserInteractions: options.minUser,
    minimumItemInteractions: options.minItem,
  };
}

function folderName(source: string, { name }: Options): string {
  return folderNameOf(name ?? sourceBaseName(source));
}
