import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOperator, type OperatorUse } from './gradient-check.fixture.ts';
import { gradients, GradientUnconnectedError } from './gradient.ts';
import { input } from './leaf.ts';
import { sum } from './operators/reduce.ts';
import { cast } from './operators/unary.ts';
import type { Tensor } from './tensor.ts';

/** How an operator is checked. */
export interface OperatorCase {
  readonly uses: fc.Arbitrary<OperatorUse>;
  /** Why no gradient flows through it; the suite then checks that none does. */
  readonly withoutGradient?: string;
  /** @default 12 */
  readonly runs?: number;
  /** Of the gradient, relative. @default 1e-3 */
  readonly tolerance?: number;
}

/** One seed, so that a test of floats that passes today passes tomorrow; set it to another to search further. */
const seed = Number(process.env['NISUS_TEST_SEED'] ?? 20);

/**
 * Checks every operator of a module, each against its reference and its gradient against central differences, and that
 * none was forgotten.
 *
 * @param module the module's exports, `import * as …`
 * @param cases by exported name
 * @param elsewhere exports that are no operators or are checked in another way, with the reason
 */
export function operatorSuite(
  module: Readonly<Record<string, unknown>>,
  cases: Readonly<Record<string, OperatorCase>>,
  elsewhere: Readonly<Record<string, string>> = {},
): void {
  it('leaves no export unchecked', () => {
    const exported = Object.keys(module).filter((name) => typeof module[name] === 'function');
    expect([...Object.keys(cases), ...Object.keys(elsewhere)].sort()).toEqual(exported.sort());
  });

  describe.each(Object.entries(cases))('%s', (_name, { uses, withoutGradient, runs = 12, tolerance = 1e-3 }) => {
    it(
      withoutGradient === undefined
        ? 'computes its reference, and its gradient is that of central differences'
        : 'computes its reference; no gradient flows',
      async () => {
        await fc.assert(
          fc.asyncProperty(uses, fc.nat(), async (use, valueSeed) => {
            await checkOperator(use, valueSeed, { differentiable: withoutGradient === undefined, tolerance });
            if (withoutGradient !== undefined) expectNoGradient(use);
          }),
          { numRuns: runs, seed },
        );
      },
    );
  });
}

function expectNoGradient(use: OperatorUse): void {
  const tensors = use.inputs.map((spec, at) => input(`x${at}`, spec.dtype ?? 'float32', spec.shape));
  const [output] = [use.build(...tensors)].flat() as Tensor[];
  const floats = tensors.filter((tensor) => tensor.dtype === 'float32');
  if (floats.length > 0) expect(() => gradients(sum(cast(output!, 'float32')), floats)).toThrow(GradientUnconnectedError);
}
