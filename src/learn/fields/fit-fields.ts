import { z } from 'zod';
import { checkFieldTable, embeddingDimension, FieldTableError, type FieldDeclarations, type FieldTable } from './field-table.ts';

/** What training rows taught about fields; stands in a checkpoint beside the model, and turns any later row into feeds. */
export const fittedFieldsSchema = z.strictObject({
  categorical: z.array(
    z.strictObject({
      name: z.string(),
      size: z.int().min(1),
      dimension: z.int().min(1).max(4096),
      /** Codes that no training row has: read as missing, whose embedding starts at 0, rather than as noise nobody trained. */
      unseen: z.array(z.int()),
    }),
  ),
  numeric: z.array(
    z.strictObject({
      name: z.string(),
      scale: z.enum(['linear', 'log']),
      /** Of the training rows that have a value, after the scale. */
      mean: z.number(),
      /** Standard deviation of the same; 1 for a field that does not vary. */
      deviation: z.number().positive(),
      /** Whether training rows lack it: then a column tells where, beside the mean that stands in for the value. */
      missing: z.boolean(),
    }),
  ),
});

/** See {@link fittedFieldsSchema}. */
export type FittedFields = z.infer<typeof fittedFieldsSchema>;

/**
 * Learns means, deviations and which codes occur, from training rows alone: nothing of validation or test leaks in.
 *
 * @param trainingRows indices into the table, at least one
 * @throws {FieldTableError}
 */
export function fitFields(table: FieldTable, declarations: FieldDeclarations, trainingRows: Int32Array): FittedFields {
  if (trainingRows.length === 0) throw new FieldTableError('there are no training rows to learn means and codes from');
  checkFieldTable(table, declarations);
  const { categorical, numeric } = declarations;
  return {
    categorical: categorical.map(({ name, size, dimension = embeddingDimension(size) }, field) => {
      const seen = new Uint8Array(size + 1);
      for (const row of trainingRows) seen[table.categories[row * categorical.length + field]!] = 1;
      return { name, size, dimension, unseen: Array.from({ length: size }, (_, at) => at + 1).filter((code) => seen[code] === 0) };
    }),
    numeric: numeric.map(({ name, scale = 'linear' }, field) => {
      const values = Array.from(trainingRows, (row) => scaled(table.numbers[row * numeric.length + field]!, scale));
      const known = values.filter((value) => !Number.isNaN(value));
      const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
      const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, known.length);
      return { name, scale, mean, deviation: Math.sqrt(variance) || 1, missing: known.length < values.length };
    }),
  };
}

/** A number on its field's scale. */
export function scaled(value: number, scale: 'linear' | 'log'): number {
  return scale === 'linear' ? value : Math.sign(value) * Math.log1p(Math.abs(value));
}
