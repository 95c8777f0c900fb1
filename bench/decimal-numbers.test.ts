import { expect, test } from 'vitest';
import { decimalNumbers } from './decimal-numbers.ts';

const decimal = decimalNumbers({ rate: '0.003', none: '0', below: '-0.1', words: 'many', empty: '', all: 'Infinity', quick: true });

test('numbers in their range are read', () => {
  expect([decimal('rate'), decimal('none'), decimal('below', -1), decimal('rate', 0.003, 0.003)]).toEqual([0.003, 0, -0.1, 0.003]);
});

test('others are refused with what was expected', () => {
  expect(() => decimal('below')).toThrow('--below is -0.1, expected a number from 0');
  expect(() => decimal('words')).toThrow('--words is many');
  expect(() => decimal('empty')).toThrow('--empty is , expected');
  expect(() => decimal('all')).toThrow('--all is Infinity');
  expect(() => decimal('rate', 0, 0.001)).toThrow('--rate is 0.003, expected a number from 0 to 0.001');
});
