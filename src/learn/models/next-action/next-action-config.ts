import type { z } from 'zod';
import { encoderName, historyEncoderSchema, rankerConfigSchema } from '../ranking/ranker-config.ts';

/** Architecture and sizes of a next-action model: those of a ranking model without its tasks. There is no candidate to attend from: no target attention. */
export const nextActionConfigSchema = rankerConfigSchema
  .pick({ dimension: true, content: true, embeddingDropout: true, idDropout: true })
  .extend({ encoder: historyEncoderSchema });

/** See {@link nextActionConfigSchema}. */
export type NextActionConfig = z.infer<typeof nextActionConfigSchema>;

/** The name in reports, `HSTU over actions`. */
export function nextActionName({ encoder }: Pick<NextActionConfig, 'encoder'>): string {
  return `${encoderName(encoder)} over actions`;
}
