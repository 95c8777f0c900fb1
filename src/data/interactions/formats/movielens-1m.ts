import { planDelimited } from './delimited.ts';
import type { InteractionFormat } from './format.ts';

/**
 * MovieLens 1M and 10M as published: `ratings.dat`, `user::item::rating::seconds`; no header, latin-1.
 * https://files.grouplens.org/datasets/movielens/ml-1m-README.txt
 */
export const movielens1m: InteractionFormat = {
  name: 'movielens-1m',
  summary: 'MovieLens 1M and 10M (ratings.dat with ::)',
  folderFiles: ['ratings.dat'],
  recognises: (file) => file.baseName === 'ratings.dat',
  async plan(file, options) {
    return planDelimited(
      file,
      {
        delimiter: '::',
        quoting: false,
        header: false,
        columnCount: 4,
        columns: { user: 1, item: 2, value: 3, time: 4 },
      },
      options,
    );
  },
};
