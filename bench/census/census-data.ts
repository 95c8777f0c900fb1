import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { encodeFields, type EncodedFields } from '../../src/learn/fields/encode-fields.ts';
import type { FieldDeclarations, FieldTable } from '../../src/learn/fields/field-table.ts';
import { fitFields, type FittedFields } from '../../src/learn/fields/fit-fields.ts';
import type { TaskExamples } from '../../src/learn/training/task-examples.ts';

/** The file's columns, in order. */
const COLUMNS = (
  'age class_worker det_ind_code det_occ_code education wage_per_hour hs_college marital_stat major_ind_code major_occ_code race ' +
  'hisp_origin sex union_member unemp_reason full_or_part_emp capital_gains capital_losses stock_dividends tax_filer_stat ' +
  'region_prev_res state_prev_res det_hh_fam_stat det_hh_summ instance_weight mig_chg_msa mig_chg_reg mig_move_reg mig_same ' +
  'mig_prev_sunbelt num_emp fam_under_18 country_father country_mother country_self citizenship own_or_self vet_question ' +
  'vet_benefits weeks_worked year income_50k'
).split(' ');
/** The outcomes, and a sampling weight: no features. */
const LEFT_OUT = ['marital_stat', 'income_50k', 'instance_weight'];
/** Those with a long tail of amounts are read on a logarithmic scale. All other columns are categories. */
const NUMERIC: Readonly<Record<string, 'linear' | 'log'>> = {
  age: 'linear',
  wage_per_hour: 'log',
  capital_gains: 'log',
  capital_losses: 'log',
  stock_dividends: 'log',
  num_emp: 'linear',
  weeks_worked: 'linear',
};

export const PARTS = ['train', 'validation', 'test'] as const;
export type Part = (typeof PARTS)[number];

/** The data set, split and ready to be fed. */
export interface Census {
  readonly fitted: FittedFields;
  readonly encoded: EncodedFields;
  readonly labels: { readonly income: Float32Array; readonly marital: Float32Array };
  /** Rows of each part. */
  readonly rows: Readonly<Record<Part, Int32Array>>;
  /** Categorical and numeric fields. */
  readonly fieldCount: number;
}

/**
 * Reads census-income. The split is by the SHA-256 of a line: two thirds to train, a sixth each to validate and to test
 * (the shares of the published splits), equal lines in one part.
 */
export function readCensus(path: string): Census {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
  const cells = lines.map((line) => line.split(',').map((cell) => cell.trim()));
  const wrong = cells.findIndex((row) => row.length !== COLUMNS.length);
  if (wrong >= 0) throw new Error(`${path}: line ${wrong + 1} has ${cells[wrong]!.length} columns, expected ${COLUMNS.length}`);
  const rows = splitRows(lines);

  const numeric = COLUMNS.filter((name) => NUMERIC[name] !== undefined);
  const categorical = COLUMNS.filter((name) => NUMERIC[name] === undefined && !LEFT_OUT.includes(name));
  const table: FieldTable = {
    rows: lines.length,
    categories: new Int32Array(lines.length * categorical.length),
    numbers: new Float32Array(lines.length * numeric.length),
  };
  const declarations: FieldDeclarations = {
    categorical: categorical.map((name, field) => ({
      name,
      size: fillCodes(table.categories, cells, COLUMNS.indexOf(name), field, categorical.length),
    })),
    numeric: numeric.map((name) => ({ name, scale: NUMERIC[name]! })),
  };
  numeric.forEach((name, field) => {
    const column = COLUMNS.indexOf(name);
    cells.forEach((row, at) => (table.numbers[at * numeric.length + field] = Number(row[column])));
  });
  const fitted = fitFields(table, declarations, rows.train);
  const label = (name: string, positive: string) => Float32Array.from(cells, (row) => (row[COLUMNS.indexOf(name)] === positive ? 1 : 0));
  return {
    fitted,
    encoded: encodeFields(table, fitted),
    labels: { income: label('income_50k', '50000+.'), marital: label('marital_stat', 'Never married') },
    rows,
    fieldCount: categorical.length + numeric.length,
  };
}

/** The examples of one part. */
export function examplesOf({ encoded, labels, rows }: Census, part: Part): TaskExamples {
  const own = rows[part];
  return {
    rows: own.length,
    labels: {
      income: Float32Array.from(own, (row) => labels.income[row]!),
      marital: Float32Array.from(own, (row) => labels.marital[row]!),
    },
    feeds: (wanted) => encoded.feeds(Int32Array.from(wanted, (at) => own[at]!)),
  };
}

function splitRows(lines: readonly string[]): Record<Part, Int32Array> {
  const rows: Record<Part, number[]> = { train: [], validation: [], test: [] };
  lines.forEach((line, row) => {
    const place = createHash('sha256').update(line).digest().readUInt32BE(0) / 2 ** 32;
    rows[place < 2 / 3 ? 'train' : place < 5 / 6 ? 'validation' : 'test'].push(row);
  });
  return { train: Int32Array.from(rows.train), validation: Int32Array.from(rows.validation), test: Int32Array.from(rows.test) };
}

/** Codes from 1 in the order of the values' names; `?` is missing. Returns how many codes there are. */
function fillCodes(codes: Int32Array, cells: readonly (readonly string[])[], column: number, field: number, width: number): number {
  const values = [...new Set(cells.map((row) => row[column]!))].filter((value) => value !== '?').sort();
  const codeOf = new Map(values.map((value, at) => [value, at + 1]));
  cells.forEach((row, at) => (codes[at * width + field] = codeOf.get(row[column]!) ?? 0));
  return values.length;
}
