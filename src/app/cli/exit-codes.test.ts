import { expect, test } from 'vitest';
import { NisusError } from '../../base/error.ts';
import { EXIT_CODE_MEANINGS, EXIT_CODES, exitCodeOf } from './exit-codes.ts';

test.each([
  ['USAGE', 2],
  ['IMPORT_OPTION_INVALID', 2],
  ['IMPORT_ROW_REJECTED', 65],
  ['DATASET_DAMAGED', 65],
  ['CHECKPOINT_MISMATCH', 65],
  ['SPLIT_TIMES_MISSING', 65],
  ['IMPORT_SOURCE_MISSING', 66],
  ['DATASET_MISSING', 66],
  ['RUN_MISSING', 66],
  ['PLATFORM_MISSING', 66],
  ['WORLD_MISSING', 66],
  ['WORLD_OTHER', 65],
  ['WORLD_RECORD', 65],
  ['WORLD_SERVER', 69],
  ['WORLD_VERSION', 65],
  ['FEATURES_NOT_BUILT', 66],
  ['LOG_LOCKED', 69],
  ['LOG_UNREADABLE', 65],
  ['EVENTS_FILE', 65],
  ['EVENTS_FILE_EXISTS', 73],
  ['EVENT_KIND_UNKNOWN', 2],
  ['FEATURE_DECLARATION', 65],
  ['FEATURE_MODULE_MISSING', 66],
  ['FEATURE_KEY_TEXT', 2],
  ['COMPARISON_OPTION', 2],
  ['COMPARISON_DIFFER', 65],
  ['COMPARISON_EXISTS', 73],
  ['IMPRESSIONS_MISSING', 66],
  ['IMPRESSIONS_FILE', 65],
  ['PORT_IN_USE', 69],
  ['RUN_BUSY', 69],
  ['TRAINING_NON_FINITE', 70],
  ['RUN_EXISTS', 73],
  ['FILE_SYSTEM', 74],
  ['INTERRUPTED', 130],
  ['TERMINATED', 143],
  ['SOMETHING_ELSE', 1],
])('%s leads to exit code %i', (code, exit) => {
  expect(exitCodeOf(new NisusError(code, 'what'))).toBe(exit);
});

test('what nobody threw on purpose is a fault of Nisus', () => {
  expect(exitCodeOf(new TypeError('x is not a function'))).toBe(EXIT_CODES.internal);
});

test('every code is told in words', () => {
  expect(
    Object.keys(EXIT_CODE_MEANINGS)
      .map(Number)
      .toSorted((a, b) => a - b),
  ).toEqual(Object.values(EXIT_CODES).toSorted((a, b) => a - b));
});
