import path from 'node:path';
import { expect, test } from 'vitest';
import { pathToShow } from './path-to-show.ts';

test('a path below the working folder is shown relative, any other as it is', () => {
  const here = path.resolve('.');
  expect(pathToShow(path.join(here, '.nisus/runs/a'))).toBe(path.join('.nisus', 'runs', 'a'));
  expect(pathToShow(path.dirname(here))).toBe(path.dirname(here));
  expect(pathToShow(here)).toBe(here);
});
