import { ImportOptionError } from '../import-errors.ts';
import type { SourceFile } from '../reading/byte-source.ts';
import { planDelimited, sampleRecords } from './delimited.ts';
import type { InteractionFormat } from './format.ts';

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Comma-separated values (RFC 4180), with a header unless told otherwise. Without a `delimiter` option the one of
 * comma, semicolon, tab and bar that splits the first line into most fields is taken.
 */
export const csv: InteractionFormat = {
  name: 'csv',
  summary: 'CSV with a header (.csv, .csv.gz)',
  folderFiles: ['interactions.csv', 'ratings.csv', 'events.csv'],
  recognises: (file) => file.extension === '.csv',
  async plan(file, options) {
    const delimiter = options.delimiter ?? mostSplitting(file);
    if (delimiter.length === 0 || Buffer.byteLength(delimiter) > 2 || /["\r\n]/.test(delimiter)) {
      throw new ImportOptionError(`delimiter is ${JSON.stringify(delimiter)}; expected one or two bytes, neither quote nor line end.`);
    }
    return planDelimited(file, { delimiter, quoting: true, header: options.header }, options);
  },
};

function mostSplitting(file: SourceFile): string {
  let best = DELIMITERS[0]!;
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const fields = sampleRecords(file, { delimiter, quoting: true }, 'latin-1')[0]?.length ?? 0;
    if (fields > most) {
      most = fields;
      best = delimiter;
    }
  }
  return best;
}
