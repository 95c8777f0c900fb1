import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examplesOf, PARTS, readCensus, type Census } from './census-data.ts';

/** A line of the file: 42 columns, those not named are "x". */
function line(columns: Readonly<Record<number, string | number>>): string {
  return Array.from({ length: 42 }, (_, at) => columns[at] ?? (NUMBERS.includes(at) ? 0 : 'x')).join(', ');
}

/** Age, wage, gains, losses, dividends, weight, employees, weeks. */
const NUMBERS = [0, 5, 16, 17, 18, 24, 30, 39];
const [CLASS_WORKER, MARITAL, WEIGHT, INCOME] = [1, 7, 24, 41];

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'nisus-census-data-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function read(lines: readonly string[]): Census {
  const file = path.join(folder, 'census.csv.gz');
  writeFileSync(file, gzipSync(`${lines.join('\n')}\n`));
  return readCensus(file);
}

/** Many people, two of each kind, and outcomes that tell who they are. */
const people = Array.from({ length: 300 }, (_, at) =>
  line({
    0: at,
    [CLASS_WORKER]: ['?', 'Private', 'Federal'][at % 3]!,
    [MARITAL]: at % 2 === 0 ? 'Never married' : 'Widowed',
    [WEIGHT]: 1000 + at,
    [INCOME]: at % 5 === 0 ? '50000+.' : '- 50000.',
  }),
).flatMap((text) => [text, text]);

describe('the reader of census-income', () => {
  it('puts every line into one part, equal lines into the same, two thirds into training', () => {
    const { rows } = read(people);
    const all = PARTS.flatMap((part) => Array.from(rows[part]));
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from(people.keys()));
    for (const part of PARTS) {
      const own = new Set(rows[part]);
      for (const row of own) expect(own.has(row ^ 1)).toBe(true);
    }
    expect(rows.train.length / people.length).toBeGreaterThan(0.55);
    expect(rows.train.length / people.length).toBeLessThan(0.78);
    expect(Math.abs(rows.validation.length - rows.test.length) / people.length).toBeLessThan(0.15);
    // By content alone: order and other lines change nothing.
    const turned = read(people.toReversed()).rows.test;
    expect(Array.from(turned, (row) => people.length - 1 - row).toReversed()).toEqual(Array.from(rows.test));
  });

  it('makes outcomes labels and no features, and leaves the weight out', () => {
    const { labels, fitted, fieldCount } = read(people);
    expect(Array.from(labels.income.subarray(0, 12))).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(Array.from(labels.marital.subarray(0, 4))).toEqual([1, 1, 0, 0]);
    const names = [...fitted.categorical, ...fitted.numeric].map(({ name }) => name);
    expect(names).toHaveLength(39);
    expect(fieldCount).toBe(39);
    for (const name of ['marital_stat', 'income_50k', 'instance_weight']) expect(names).not.toContain(name);
  });

  it('reads ? as missing, other values as codes in the order of their names, and examples of a part as its rows', () => {
    const census = read(people);
    const field = census.fitted.categorical.findIndex(({ name }) => name === 'class_worker');
    expect(census.fitted.categorical[field]!.size).toBe(2);
    const { dimension } = census.fitted.categorical[field]!;
    const examples = examplesOf(census, 'test');
    expect(examples.rows).toBe(census.rows.test.length);
    const input = `categories/${dimension}`;
    const ofAll = census.encoded.feeds(Int32Array.of(0, 2, 4))[input]!;
    const width = ofAll.shape[1]!;
    const place = census.fitted.categorical.filter((other, at) => at < field && other.dimension === dimension).length;
    const [missing, privately, federal] = [0, 1, 2].map((row) => Number(ofAll.data[row * width + place]));
    expect([federal! - missing!, privately! - missing!]).toEqual([1, 2]);
    const row = census.rows.test[3]!;
    expect(examples.feeds(Int32Array.of(3))).toEqual(census.encoded.feeds(Int32Array.of(row)));
    expect(examples.labels['income']![3]).toBe(census.labels.income[row]);
  });

  it('refuses a line with another number of columns, by its number', () => {
    expect(() => read([...people, 'a, b'])).toThrow(/line 601 has 2 columns, expected 42/);
  });
});
