import { planDelimited } from './delimited.ts';
import type { InteractionFormat } from './format.ts';

/**
 * MovieLens 100K as published: `u.data`, tab-separated user, item, rating, seconds since the epoch; no header.
 * https://files.grouplens.org/datasets/movielens/ml-100k-README.txt
 */
export const movielens100k: InteractionFormat = {
  name: 'movielens-100k',
  summary: 'MovieLens 100K (u.data)',
  folderFiles: ['u.data'],
  recognises: (file) => file.baseName === 'u.data',
  async plan(file, options) {
    return planDelimited(
      file,
      {
        delimiter: '\t',
        quoting: false,
        header: false,
        columnCount: 4,
        columns: { user: 1, item: 2, value: 3, time: 4 },
      },
      options,
    );
  },
};
