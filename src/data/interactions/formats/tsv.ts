import { planDelimited } from './delimited.ts';
import type { InteractionFormat } from './format.ts';

/** Tab-separated values with a header unless told otherwise; quotes as in CSV. */
export const tsv: InteractionFormat = {
  name: 'tsv',
  summary: 'TSV with a header (.tsv, .tab, .gz)',
  folderFiles: ['interactions.tsv', 'events.tsv'],
  recognises: (file) => file.extension === '.tsv' || file.extension === '.tab',
  async plan(file, options) {
    const layout = { delimiter: options.delimiter ?? '\t', quoting: true, header: options.header };
    return planDelimited(file, layout, options);
  },
};
