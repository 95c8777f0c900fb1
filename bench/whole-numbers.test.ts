import { expect, test } from 'vitest';
import { wholeNumbers } from './whole-numbers.ts';

const number = wholeNumbers({ seeds: '3', none: '0', half: '0.5', words: 'many', long: '1e3', quick: true });

test('whole numbers in their range are read', () => {
  expect([number('seeds'), number('none', 0), number('long', 1, 1000), number('seeds', 3, 3)]).toEqual([3, 0, 1000, 3]);
});

test('others are refused with what was expected', () => {
  expect(() => number('none')).toThrow('--none is 0, expected an integer from 1');
  expect(() => number('half', 0)).toThrow('--half is 0.5, expected an integer from 0');
  expect(() => number('words')).toThrow('--words is many');
  expect(() => number('long', 1, 999)).toThrow('--long is 1e3, expected an integer from 1 to 999');
});
