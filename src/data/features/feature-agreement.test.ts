import { expect, test } from 'vitest';
import { valuesAgree } from './feature-agreement.ts';

test('texts agree when they are the same in the same order', () => {
  expect(valuesAgree(['a', 'b'], ['a', 'b'])).toBe(true);
  expect(valuesAgree(['a', 'b'], ['b', 'a'])).toBe(false);
  expect(valuesAgree(['a', 'b'], ['a'])).toBe(false);
  expect(valuesAgree([], [])).toBe(true);
  expect(valuesAgree([], 0)).toBe(false);
});

test('null agrees with null alone', () => {
  expect(valuesAgree(null, null)).toBe(true);
  expect(valuesAgree(null, 0)).toBe(false);
  expect(valuesAgree([], null)).toBe(false);
});

test('numbers agree to a millionth of their size; not a number with none', () => {
  expect(valuesAgree(1, 1 + 0.9e-6)).toBe(true);
  expect(valuesAgree(1, 1 + 1.1e-6)).toBe(false);
  expect(valuesAgree(100, 101)).toBe(false);
  expect(valuesAgree(0, 1e-12)).toBe(false);
  expect(valuesAgree(0, 1e-31)).toBe(true);
  expect(valuesAgree(NaN, NaN)).toBe(false);
  expect(valuesAgree(-2, 2)).toBe(false);
});
