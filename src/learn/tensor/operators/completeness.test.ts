import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('has a suite for every file of operators, and each suite checks every export of its file', () => {
  const files = readdirSync(import.meta.dirname);
  const tests = files.filter((file) => file.endsWith('.test.ts')).map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'));
  const suited = tests.flatMap((text) => {
    const modules = [...text.matchAll(/import \* as (\w+) from '\.\/([\w-]+)\.ts'/g)];
    return modules.filter(([, name]) => new RegExp(`operatorSuite\\(\\s*${name},`).test(text)).map(([, , file]) => `${file}.ts`);
  });
  const operators = files.filter((file) => !/\.(test|fixture)\.ts$/.test(file));
  expect(suited.toSorted()).toEqual(operators.toSorted());
});
