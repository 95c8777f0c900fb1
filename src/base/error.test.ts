import { expect, it } from 'vitest';
import { NisusError } from './error.ts';

class DatasetEmptyError extends NisusError {
  constructor(file: string, cause?: unknown) {
    super('DATASET_EMPTY', `${file} has no row`, { fields: { file }, cause });
  }
}

it('carries code, fields and the name of its own class', () => {
  const error = new DatasetEmptyError('u.data');
  expect(error).toMatchObject({
    name: 'DatasetEmptyError',
    code: 'DATASET_EMPTY',
    message: 'u.data has no row',
    fields: { file: 'u.data' },
  });
  expect(error).toBeInstanceOf(NisusError);
  expect(error).toBeInstanceOf(Error);
  expect('cause' in error).toBe(false);
});

it('keeps its cause', () => {
  const cause = new Error('disk');
  expect(new DatasetEmptyError('u.data', cause).cause).toBe(cause);
  expect(new NisusError('X', 'x').fields).toEqual({});
});
