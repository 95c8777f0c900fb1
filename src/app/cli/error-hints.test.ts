import { expect, test } from 'vitest';
import { ColumnMissingError, FormatUnknownError, RowRejectedError } from '../../data/interactions/import-errors.ts';
import { errorHint } from './error-hints.ts';

const errors = {
  'a missing column': [new ColumnMissingError('a.csv', 'user', '"uid"', ['visitor']), '--columns user='],
  'a rejected row': [new RowRejectedError('a.csv', 3, 'missing-item', 'no item id', 'ana,'), '--strict'],
  'an unknown format': [new FormatUnknownError('a.xls', 'a spreadsheet', ['csv', 'tsv']), '--format'],
} as const;

test.each(Object.entries(errors))('%s: the hint names the option', (_name, [error, option]) => {
  expect(errorHint(error.code, 'nisus')).toContain(option);
});

test('an error that needs no option has no hint', () => {
  expect(errorHint('DATASET_MISSING', 'nisus')).toBeNull();
});
