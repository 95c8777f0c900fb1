import { Option, type Command } from 'commander';
import type { ColumnMapping } from '../../data/interactions/column-mapping.ts';
import { anyNumber, columns, list, wholeNumber } from './option-parsers.ts';

/** How a file of rows is read: the same for `import` and `events import`. */
export interface SourceOptions {
  readonly format?: string;
  readonly columns?: ColumnMapping;
  readonly timeUnit?: 'auto' | 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';
  readonly delimiter?: string;
  readonly header: boolean;
  readonly encoding?: 'utf-8' | 'latin-1';
  readonly minValue?: number;
  readonly event?: readonly string[];
  readonly strict?: boolean;
  readonly rejectLimit?: number;
}

/** Adds the options of {@link SourceOptions}. */
export function addSourceOptions(command: Command): Command {
  return command
    .option('--format <format>', 'csv, tsv, jsonl, parquet, movielens-100k, … (default: told from the source)')
    .option('--columns <mapping>', 'for example user=uid,item=3,time=ts: names, or numbers from 1; none for a role to leave out', columns)
    .addOption(
      new Option('--time-unit <unit>', 'unit of numeric times').choices(['auto', 'seconds', 'milliseconds', 'microseconds', 'nanoseconds']),
    )
    .option('--delimiter <text>', 'one or two characters between columns of CSV and TSV')
    .option('--no-header', 'the first line is a row; map columns by number')
    .addOption(new Option('--encoding <encoding>', 'of text files').choices(['utf-8', 'latin-1']))
    .option('--min-value <value>', 'leave out rows with a lower value (a rating)', anyNumber)
    .option('--event <kinds>', 'kinds of event to keep, with commas between them', list)
    .option('--strict', 'stop at the first bad row')
    .option('--reject-limit <n>', 'bad rows written at most; all are counted', wholeNumber(0));
}

/** As the importers take them. */
export function sourceOptions(options: SourceOptions) {
  return {
    format: options.format,
    columns: options.columns,
    timeUnit: options.timeUnit,
    delimiter: options.delimiter === String.raw`\t` ? '\t' : options.delimiter,
    header: options.header,
    encoding: options.encoding,
    minimumValue: options.minValue,
    events: options.event,
    strict: options.strict,
    rejectLimit: options.rejectLimit,
  };
}
