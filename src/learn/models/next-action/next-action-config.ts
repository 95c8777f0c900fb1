import type { z } from 'zod';
import { encoderName, rankerConfigSchema } from '../ranking/ranker-config.ts';

/** Architecture and sizes of a next-action model: those of a ranking model without its tasks. */
export const nextActionConfigSchema = rankerConfigSchema.pick({
  dimension: true,
  encoder: true,
  content: true,
  embeddingDropout: true,
  idDropout: true,
});

/** See {@link nextActionConfigSchema}. */
export type NextActionConfig = z.infer<typeof nextActionConfigSchema>;

/** The name in reports, `HSTU over actions`. */
export function nextActionName({ encoder }: Pick<NextActionConfig, 'encoder'>): string {
  return `${encoderName(encoder)} over actions`;
}
