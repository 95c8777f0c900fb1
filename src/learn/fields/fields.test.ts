import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameterLayout, initialParameters, parameterView } from '../tensor/parameters.ts';
import { compileProgram } from '../tensor/program.ts';
import { encodeFields } from './encode-fields.ts';
import { fieldLayer } from './field-layer.ts';
import { embeddingDimension, FieldTableError, type FieldDeclarations, type FieldTable } from './field-table.ts';
import { fitFields, fittedFieldsSchema } from './fit-fields.ts';

const declarations: FieldDeclarations = {
  categorical: [
    { name: 'sex', size: 2 },
    { name: 'country', size: 5, dimension: 3 },
    { name: 'class', size: 4, dimension: 2 },
  ],
  numeric: [{ name: 'age' }, { name: 'gains', scale: 'log' }, { name: 'weeks' }],
};
// Rows 0–2 train. Country 5 and class 4 occur only later; gains are missing in training, weeks are not.
const table: FieldTable = {
  rows: 4,
  categories: Int32Array.of(1, 1, 1, 2, 2, 0, 1, 3, 2, 2, 5, 4),
  numbers: Float32Array.of(10, NaN, 5, 20, 0, 5, 30, -99, 5, 40, NaN, NaN),
};
const trainingRows = Int32Array.of(0, 1, 2);

describe('fields of a table', () => {
  it('learn means, deviations and codes from training rows alone', () => {
    const fitted = fitFields(table, declarations, trainingRows);
    expect(fitted.categorical).toEqual([
      { name: 'sex', size: 2, dimension: 2, unseen: [] },
      { name: 'country', size: 5, dimension: 3, unseen: [4, 5] },
      { name: 'class', size: 4, dimension: 2, unseen: [3, 4] },
    ]);
    const log = -Math.log(100);
    expect(fitted.numeric).toEqual([
      { name: 'age', scale: 'linear', mean: 20, deviation: expect.closeTo(Math.sqrt(200 / 3), 10), missing: false },
      { name: 'gains', scale: 'log', mean: expect.closeTo(log / 2, 6), deviation: expect.closeTo(-log / 2, 6), missing: true },
      { name: 'weeks', scale: 'linear', mean: 5, deviation: 1, missing: false },
    ]);
    // Later rows change nothing, and the result is what JSON carries.
    const other = { ...table, numbers: table.numbers.map((value, at) => (at >= 9 ? 1e6 : value)) };
    expect(fitFields(other, declarations, trainingRows)).toEqual(fitted);
    expect(fittedFieldsSchema.parse(JSON.parse(JSON.stringify(fitted)))).toEqual(fitted);
  });

  it('standardise to mean 0 and deviation 1, missing at 0 with a column that tells', () => {
    const numbers = fc.array(fc.option(fc.float({ min: -1000, max: 1000, noNaN: true }), { nil: NaN }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(numbers, fc.constantFrom('linear' as const, 'log' as const), (values, scale) => {
        const one: FieldTable = { rows: values.length, categories: new Int32Array(0), numbers: Float32Array.from(values) };
        const rows = Int32Array.from(values.keys());
        const fitted = fitFields(one, { categorical: [], numeric: [{ name: 'x', scale }] }, rows);
        const width = fitted.numeric[0]!.missing ? 2 : 1;
        const { data } = encodeFields(one, fitted).feeds(rows)['numbers']!;
        const column = (at: number) => values.map((_, row) => Number(data[row * width + at]));
        const known = column(0).filter((_, row) => !Number.isNaN(values[row]));
        if (width === 2) expect(column(1)).toEqual(values.map((value) => (Number.isNaN(value) ? 1 : 0)));
        if (known.length === 0 || fitted.numeric[0]!.deviation < 1e-3) return;
        const mean = known.reduce((a, b) => a + b, 0) / known.length;
        expect(mean).toBeCloseTo(0, 3);
        const spread = Math.sqrt(known.reduce((a, b) => a + (b - mean) ** 2, 0) / known.length);
        expect(Math.min(Math.abs(spread - 1), Math.abs(spread))).toBeLessThan(1e-3);
        column(0).forEach((value, row) => Number.isNaN(values[row]) && expect(value).toBe(0));
      }),
    );
  });

  it('become embeddings side by side, of missing and unseen codes at 0 to begin with', async () => {
    const fitted = fitFields(table, declarations, trainingRows);
    const layer = fieldLayer(fitted);
    expect(layer.shape).toEqual(['batch', 2 * 2 + 3 + 4]);
    const layout = parameterLayout([layer]);
    // sex and class share one table of width 2, with 3 and 5 rows.
    expect(layout.slots.map(({ name, shape }) => [name, shape])).toEqual([
      ['fields.embedding2', [8, 2]],
      ['fields.embedding3', [6, 3]],
    ]);
    const flat = initialParameters(layout, 1);
    const [two, three] = ['fields.embedding2', 'fields.embedding3'].map((name) => parameterView(layout, flat, name)!);
    const program = await compileProgram({ layer }, { threads: 1, parameterValue: (name) => parameterView(layout, flat, name) });
    const { layer: result } = await program.run(encodeFields(table, fitted).feeds(Int32Array.of(3, 0, 1)));
    await program.close();
    const rowOf = (at: number) => Array.from(result!.data as Float32Array).slice(at * 11, (at + 1) * 11);
    // Row 3: sex 2, class and country unseen, gains missing, weeks missing where training never lacked them.
    expect(rowOf(0)).toEqual([two![4], two![5], 0, 0, 0, 0, 0, expect.closeTo(20 / Math.sqrt(200 / 3), 4), 0, 0, 1]);
    // Row 0: sex 1, class 1 (row 3 + 1 of the table), country 1.
    expect(rowOf(1).slice(0, 7)).toEqual([two![2], two![3], two![8], two![9], three![3], three![4], three![5]]);
    // Row 1: class missing.
    expect(rowOf(2).slice(2, 4)).toEqual([0, 0]);
    expect(Math.hypot(...two!)).toBeGreaterThan(0.5);
  });

  it('what is not as declared is refused with field, row and value', () => {
    const change = (more: Partial<FieldTable>) => () => fitFields({ ...table, ...more }, declarations, trainingRows);
    expect(change({ categories: table.categories.with(4, 6) })).toThrow(
      'field "country" has code 6 in row 1, expected 0 for missing or 1 to 5',
    );
    expect(change({ categories: table.categories.with(3, -1) })).toThrow('field "sex" has code -1');
    expect(change({ numbers: table.numbers.with(0, Infinity) })).toThrow('field "age" is Infinity in row 0');
    expect(change({ rows: 5 })).toThrow('12 codes do not fill 5 rows of 3');
    expect(() => fitFields(table, declarations, new Int32Array(0))).toThrow(FieldTableError);
    expect(() => fieldLayer({ categorical: [], numeric: [] })).toThrow('no fields');
  });

  it('widths follow from sizes', () => {
    expect([1, 2, 5, 17, 100, 300, 100_000].map(embeddingDimension)).toEqual([2, 2, 3, 5, 10, 16, 16]);
  });
});
