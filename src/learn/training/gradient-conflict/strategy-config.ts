import { z } from 'zod';
import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import { alignedMtl } from './aligned-mtl.ts';
import { caGrad } from './cagrad.ts';
import { gradVac } from './gradvac.ts';
import { imtlG } from './imtl-g.ts';
import { mgda } from './mgda.ts';
import { nashMtl } from './nash-mtl.ts';
import { pcGrad } from './pcgrad.ts';
import { plainMean, plainSum } from './plain-sum.ts';

/** A strategy as a declaration. */
export const gradientStrategySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sum') }),
  z.strictObject({ kind: z.literal('mean') }),
  z.strictObject({ kind: z.literal('pcgrad') }),
  z.strictObject({ kind: z.literal('gradvac'), beta: z.number().min(0).max(1).default(0.01) }),
  z.strictObject({ kind: z.literal('mgda') }),
  z.strictObject({ kind: z.literal('cagrad'), c: z.number().min(0).lt(1).default(0.5) }),
  z.strictObject({ kind: z.literal('aligned-mtl'), scale: z.enum(['min', 'median', 'rmse']).default('min') }),
  z.strictObject({ kind: z.literal('imtl-g') }),
  z.strictObject({ kind: z.literal('nash-mtl') }),
]);

/** See {@link gradientStrategySchema}. */
export type GradientStrategyConfig = z.infer<typeof gradientStrategySchema>;

/** Names for reports. */
export const gradientStrategyNames: Readonly<Record<GradientStrategyConfig['kind'], string>> = {
  sum: 'sum',
  mean: 'mean',
  pcgrad: 'PCGrad',
  gradvac: 'GradVac',
  mgda: 'MGDA',
  cagrad: 'CAGrad',
  'aligned-mtl': 'Aligned-MTL',
  'imtl-g': 'IMTL-G',
  'nash-mtl': 'Nash-MTL',
};

/** The strategy of a declaration. */
export function makeGradientStrategy(config: GradientStrategyConfig): GradientStrategy {
  switch (config.kind) {
    case 'sum':
      return plainSum();
    case 'mean':
      return plainMean();
    case 'pcgrad':
      return pcGrad();
    case 'gradvac':
      return gradVac(config);
    case 'mgda':
      return mgda();
    case 'cagrad':
      return caGrad(config);
    case 'aligned-mtl':
      return alignedMtl(config);
    case 'imtl-g':
      return imtlG();
    case 'nash-mtl':
      return nashMtl();
  }
}
