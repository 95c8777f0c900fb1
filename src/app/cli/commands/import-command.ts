import path from 'node:path';
import { Option, type Command } from 'commander';
import type { ColumnMapping } from '../../../data/interactions/column-mapping.ts';
import type { SharedOptions } from '../command-context.ts';
import { anyNumber, columns, list, wholeNumber } from '../option-parsers.ts';
import { addSharedOptions, type Act } from '../shared-options.ts';
import { folderNameOf, sourceBaseName } from '../../datasets/dataset-name.ts';

interface Options extends SharedOptions {
  readonly out?: string;
  readonly name?: string;
  readonly format?: string;
  readonly columns?: ColumnMapping;
  readonly timeUnit?: 'auto' | 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';
  readonly delimiter?: string;
  readonly header: boolean;
  readonly encoding?: 'utf-8' | 'latin-1';
  readonly titles?: string | false;
  readonly minUser?: number;
  readonly minItem?: number;
  readonly minValue?: number;
  readonly event?: readonly string[];
  readonly strict?: boolean;
  readonly rejectLimit?: number;
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
    .option('--name <name>', 'name of the data set (default: that of the source)')
    .option('--format <format>', 'csv, tsv, jsonl, parquet, movielens-100k, … (default: told from the source)')
    .option('--columns <mapping>', 'for example user=uid,item=3,time=ts: names, or numbers from 1; none for a role to leave out', columns)
    .addOption(
      new Option('--time-unit <unit>', 'unit of numeric times').choices(['auto', 'seconds', 'milliseconds', 'microseconds', 'nanoseconds']),
    )
    .option('--delimiter <text>', 'one or two characters between columns of CSV and TSV')
    .option('--no-header', 'the first line is a row; map columns by number')
    .addOption(new Option('--encoding <encoding>', 'of text files').choices(['utf-8', 'latin-1']))
    .option('--titles <file>', 'a file of item titles')
    .option('--no-titles', 'no titles, even where a file of them stands beside the data')
    .option('--min-user <n>', 'interactions that a user must have to stay (k-core)', wholeNumber(1))
    .option('--min-item <n>', 'interactions that an item must have to stay (k-core)', wholeNumber(1))
    .option('--min-value <value>', 'leave out rows with a lower value (a rating)', anyNumber)
    .option('--event <kinds>', 'kinds of event to keep, with commas between them', list)
    .option('--strict', 'stop at the first bad row')
    .option('--reject-limit <n>', 'bad rows written at most; all are counted', wholeNumber(0))
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
    name: options.name,
    format: options.format,
    columns: options.columns,
    timeUnit: options.timeUnit,
    delimiter: options.delimiter === String.raw`\t` ? '\t' : options.delimiter,
    header: options.header,
    encoding: options.encoding,
    // Commander gives true where neither --titles nor --no-titles stands.
    titles: typeof options.titles === 'boolean' && options.titles ? undefined : options.titles,
    minimumUserInteractions: options.minUser,
    minimumItemInteractions: options.minItem,
    minimumValue: options.minValue,
    events: options.event,
    strict: options.strict,
    rejectLimit: options.rejectLimit,
  };
}

function folderName(source: string, { name }: Options): string {
  return folderNameOf(name ?? sourceBaseName(source));
}
