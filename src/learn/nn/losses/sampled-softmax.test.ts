import { expect, it } from 'vitest';
import { gradients } from '../../tensor/gradient.ts';
import { input, parameter } from '../../tensor/leaf.ts';
import { compileProgram } from '../../tensor/program.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { multiply } from '../../tensor/operators/binary.ts';
import { zeros } from '../../tensor/initializers.ts';
import { sampledSoftmaxLoss } from './sampled-softmax.ts';

/** Of the next item, and under which negatives are drawn: far apart, and so uneven that most draws hold some item twice. */
const TRUTH = [0.55, 0.3, 0.1, 0.05];
const DRAWN = [0.7, 0.1, 0.15, 0.05];
const NEGATIVES = 3;

/** Every draw of negatives, with its probability. */
function draws(): { readonly items: number[]; readonly probability: number }[] {
  let all = [{ items: [] as number[], probability: 1 }];
  for (let at = 0; at < NEGATIVES; at++) {
    all = all.flatMap(({ items, probability }) => DRAWN.map((q, item) => ({ items: [...items, item + 1], probability: probability * q })));
  }
  return all;
}

it('is least, over all draws, where the scores are the log-probabilities: popular items are paid neither more nor less', async () => {
  const table = parameter('table', [5, 1], zeros);
  const loss = sum(
    multiply(
      sampledSoftmaxLoss(
        input('rows', 'float32', [4, 1]),
        table,
        input('targets', 'int32', [4]),
        {
          items: input('negatives', 'int32', [NEGATIVES]),
          logQ: input('logQ', 'float32', [NEGATIVES]),
          targetLogQ: input('targetLogQ', 'float32', [4]),
        },
        { kind: 'dot' },
      ),
      input('truth', 'float32', [4]),
    ),
  );
  const [toTable] = gradients(loss, [table]);
  const scores = Float32Array.of(0, ...TRUTH.map((p) => Math.log(p) + 1.5));
  const program = await compileProgram({ loss, toTable: toTable! }, { parameterValue: () => scores });
  const logQ = DRAWN.map((q) => Math.log(q));
  const slope = new Float64Array(5);
  for (const { items, probability } of draws()) {
    const results = await program.run({
      rows: { data: Float32Array.of(1, 1, 1, 1), shape: [4, 1] },
      targets: { data: Int32Array.of(1, 2, 3, 4), shape: [4] },
      truth: { data: Float32Array.from(TRUTH), shape: [4] },
      negatives: { data: Int32Array.from(items), shape: [NEGATIVES] },
      logQ: { data: Float32Array.from(items, (item) => logQ[item - 1]!), shape: [NEGATIVES] },
      targetLogQ: { data: Float32Array.from(logQ), shape: [4] },
    });
    (results['toTable']!.data as Float32Array).forEach((value, at) => (slope[at]! += probability * value));
  }
  await program.close();
  for (const value of slope) expect(Math.abs(value)).toBeLessThan(1e-6);
});
