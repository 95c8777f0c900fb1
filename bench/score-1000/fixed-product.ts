import { input } from '../../src/learn/tensor/leaf.ts';
import { matmul } from '../../src/learn/tensor/operators/matrix.ts';
import { compileProgram } from '../../src/learn/tensor/program.ts';

const size = 512;

/**
 * A matrix product 512³ on the same threads: how fast the machine is at the moment. Milliseconds of one, and what closes it.
 */
export async function fixedProduct(threads: number): Promise<{ timeMs(): Promise<number>; close(): Promise<void> }> {
  const [left, right] = ['left', 'right'].map((name) => input(name, 'float32', [size, size])) as [
    ReturnType<typeof input>,
    ReturnType<typeof input>,
  ];
  const program = await compileProgram({ product: matmul(left, right) }, { threads });
  const value = () => ({ data: new Float32Array(size * size).fill(0.5), shape: [size, size] });
  const feeds = { left: value(), right: value() };
  return {
    async timeMs() {
      const start = performance.now();
      await program.run(feeds);
      return performance.now() - start;
    },
    close: () => program.close(),
  };
}
