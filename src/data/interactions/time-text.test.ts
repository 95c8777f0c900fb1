import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { givenTimeScale } from './time-scale.ts';
import { parseTimeText } from './time-text.ts';

const MOMENT = Date.UTC(2024, 4, 6, 7, 8, 9, 123);
const SECONDS = givenTimeScale('seconds');

describe('parseTimeText', () => {
  it.each([
    ['2024-05-06T07:08:09.123Z', MOMENT],
    ['2024-05-06 07:08:09.123', MOMENT], // no offset: UTC
    ['2024-05-06T09:08:09.123+02:00', MOMENT],
    ['2024-05-06T05:38:09,123-0130', MOMENT],
    ['2024-05-06 07:08:09.123 UTC', MOMENT],
    ['2024-05-06', Date.UTC(2024, 4, 6)],
    ['2024-02-29T23:59', Date.UTC(2024, 1, 29, 23, 59)],
    ['0099-01-01', new Date('0099-01-01T00:00:00Z').getTime()],
    ['1715000000', 1_715_000_000_000],
    ['1715000000.25', 1_715_000_000_250],
    ['8.8e8', 880_000_000_000],
    ['-5', -5000],
  ])('%s', (text, timeMs) => expect(parseTimeText(text, SECONDS)).toBe(timeMs));

  it.each(['', 'yesterday', '2023-02-29', '2024-13-01', '2024-01-01T24:00', '0x10', 'Infinity', '1e300', '12 13', '06/05/2024'])(
    'refuses "%s"',
    (text) => expect(parseTimeText(text, SECONDS)).toBeNaN(),
  );

  it('reads what Date writes, at any moment', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(parseTimeText(date.toISOString(), SECONDS)).toBe(date.getTime());
        expect(parseTimeText(String(date.getTime()), givenTimeScale('milliseconds'))).toBe(date.getTime());
      }),
    );
  });
});
