import { expect, test } from 'vitest';
import { moment } from './platform-options.ts';

test.each([
  ['2026-03-01', Date.UTC(2026, 2, 1)],
  ['2026-03-01T09:30:00+02:00', Date.UTC(2026, 2, 1, 7, 30)],
  ['2026-03-01 09:30', Date.UTC(2026, 2, 1, 9, 30)],
  ['1772357400123', 1_772_357_400_123],
  ['0', 0],
])('%s is a moment', (text, timeMs) => {
  expect(moment(text)).toBe(timeMs);
});

// A year alone would be two seconds after the epoch.
test.each(['2026', '2026-02-30', 'yesterday', ''])('"%s" is none', (text) => {
  expect(() => moment(text)).toThrow(/Expected a date or a time/);
});
