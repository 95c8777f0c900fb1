import { inLayer } from '../tensor/layer-path.ts';
import { input, parameter } from '../tensor/leaf.ts';
import { gatherRows } from '../tensor/operators/index-operators.ts';
import { concatenate, reshape } from '../tensor/operators/shape.ts';
import { normal } from '../tensor/initializers.ts';
import type { Initializer, Tensor } from '../tensor/tensor.ts';
import { fieldGroups, groupInput, numberColumns, type FieldGroup } from './encode-fields.ts';
import { FieldTableError } from './field-table.ts';
import type { FittedFields } from './fit-fields.ts';

/**
 * The input layer of a table: `[batch, dim]`, an embedding a categorical field and the standardised numbers, side by side.
 * Fields of one width share a parameter `fields.embeddingD` `[rows, D]`, so that looking all up is one operator and not one a
 * field; embeddings start normal with deviation 1 / √D, those of missing values at 0.
 *
 * Inputs `categories/D` int32 `[batch, fields]` and `numbers` float32 `[batch, columns]`, as `encodeFields` feeds them.
 *
 * @throws {FieldTableError} where there are no fields
 */
export function fieldLayer(fitted: FittedFields): Tensor {
  return inLayer('fields', () => {
    const parts = fieldGroups(fitted).map((group) => {
      const { dimension, fields, rows } = group;
      const codes = input(groupInput(dimension), 'int32', ['batch', fields.length]);
      const table = parameter(`embedding${dimension}`, [rows, dimension], embeddingInitializer(group));
      return reshape(gatherRows(table, codes), ['batch', fields.length * dimension]);
    });
    const columns = numberColumns(fitted);
    if (columns > 0) parts.push(input('numbers', 'float32', ['batch', columns]));
    if (parts.length === 0) throw new FieldTableError('there are no fields to read; declare at least one');
    return concatenate(parts, 1);
  });
}

function embeddingInitializer({ dimension, starts }: FieldGroup): Initializer {
  return (shape, random) => {
    const values = normal(1 / Math.sqrt(dimension))(shape, random);
    for (const start of starts) values.fill(0, start * dimension, (start + 1) * dimension);
    return values;
  };
}
