import { z } from 'zod';
import { hstu } from './hstu.ts';
import { sasrec } from './sasrec.ts';
import type { EncodedSequence, SequenceInputs } from './sequence-model.ts';

const scoring = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dot') }),
  z.strictObject({ kind: z.literal('cosine'), temperature: z.number().positive() }),
]);

const shared = {
  /** Events of a history that the model reads; older ones are cut off. */
  maxLength: z.int().min(2).max(10_000),
  dimension: z.int().min(1).max(4096),
  blocks: z.int().min(1).max(64),
  heads: z.int().min(1).max(64),
  dropout: z.number().min(0).lt(1),
  scoring,
};

/** Architecture and sizes of a sequence model, as it stands in a checkpoint's manifest. */
export const modelConfigSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sasrec'), ...shared }),
  z.strictObject({
    kind: z.literal('hstu'),
    ...shared,
    queryDimension: z.int().min(1).max(4096),
    valueDimension: z.int().min(1).max(4096),
    /** Whether gaps between events bias attention; needs data with times. */
    timeBias: z.boolean(),
  }),
]);

/** See {@link modelConfigSchema}. */
export type ModelConfig = z.infer<typeof modelConfigSchema>;

/** The name in reports. */
export function modelName(config: ModelConfig): string {
  return config.kind === 'sasrec' ? 'SASRec' : 'HSTU';
}

/** Whether the model reads event times. */
export function usesTimes(config: ModelConfig): boolean {
  return config.kind === 'hstu' && config.timeBias;
}

/**
 * Builds the encoder of a config.
 *
 * @param mode dropout is left out when serving
 */
export function buildEncoder(
  config: ModelConfig,
  itemCount: number,
  inputs: SequenceInputs,
  mode: 'training' | 'serving',
): EncodedSequence {
  const sizes = { ...config, itemCount, dropout: mode === 'training' ? config.dropout : 0 };
  return sizes.kind === 'sasrec' ? sasrec(sizes, inputs) : hstu(sizes, inputs);
}
