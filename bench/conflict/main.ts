/**
 * Strategies for conflicting gradients on the two-task problem of CAGrad (Liu et al. 2021), from the five starts of Nash-MTL
 * (Navon et al. 2022): does the end lie on the Pareto front?
 *
 *     node bench/conflict/main.ts [--steps 100000] [--first-weight 0.5] [--second-weight 0.5] [--seed 1] [--picture FILE]
 *
 * Adam at 1e-3 and 100,000 steps, as in the code that CAGrad's authors published. Takes a minute or two.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gradientStrategySchema, makeGradientStrategy } from '../../src/learn/training/gradient-conflict/strategy-config.ts';
import { decimalNumbers } from '../decimal-numbers.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { descend, type Descent } from './descend.ts';
import { engineDistance } from './engine-check.ts';
import { distanceToFront, type Point } from './pareto-front.ts';
import { toyPicture } from './toy-picture.ts';
import { starts, toyValues } from './toy-problem.ts';

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '100000' },
    'first-weight': { type: 'string', default: '0.5' },
    'second-weight': { type: 'string', default: '0.5' },
    seed: { type: 'string', default: '1' },
    picture: { type: 'string' },
  },
});
const number = wholeNumbers(options);
const decimal = decimalNumbers(options);

/** Farther from the Pareto set than this, in the plane of the parameters, an end does not lie on it. */
const tolerance = 0.1;
/** Steps that the engine takes beside the plain numbers, from every start. */
const checkedSteps = 400;

const steps = number('steps');
const seed = number('seed', 0);
const lossWeights: Point = [decimal('first-weight'), decimal('second-weight')];
const kinds = ['sum', 'pcgrad', 'gradvac', 'mgda', 'cagrad', 'aligned-mtl', 'imtl-g', 'nash-mtl'] as const;
const reaches = ({ end }: Descent) => distanceToFront(end) <= tolerance;

const protocol =
  `Two-task toy problem of CAGrad (Liu et al. 2021), losses weighted ${lossWeights.join(' and ')}, from the five starts of Navon et al. 2022; ` +
  `Adam, learning rate 1e-3, ${steps.toLocaleString('en')} steps, float32; cagrad c = .5, gradvac beta = .01, seed ${seed}. On the front: the end lies within ` +
  `${tolerance} of the Pareto set in the plane of the two parameters (the published segment x2 = -8.3552, |x1| <= 7, with its true ends, 0.08 lower). ` +
  `The first ${checkedSteps} steps of every descent are also taken by the training engine (engineDistance: largest difference of the place)`;
console.log(`${protocol}\n`);

const descents: Descent[] = [];
let worstEngineDistance = 0;
for (const kind of kinds) {
  const strategy = makeGradientStrategy(gradientStrategySchema.parse({ kind }));
  for (const start of starts) {
    const descent = descend(strategy, start, steps, lossWeights, seed);
    descents.push(descent);
    worstEngineDistance = Math.max(worstEngineDistance, await engineDistance(strategy, start, checkedSteps, lossWeights, seed));
    const [end, losses] = [descent.end, toyValues(...descent.end)].map((pair) =>
      pair.map((value) => value.toFixed(3).padStart(8)).join(','),
    );
    console.log(
      `${kind.padEnd(12)} from (${start.join(', ')})`.padEnd(28) +
        ` ends at (${end}), losses (${losses}), ${distanceToFront(descent.end).toFixed(4).padStart(8)} from the front: ${reaches(descent) ? 'reached' : 'missed'}`,
    );
  }
}

const countOf = (kind: (typeof kinds)[number]) => descents.filter((descent) => descent.strategy === kind && reaches(descent)).length;
const failsAt = (kind: (typeof kinds)[number], start: number) => !reaches(descents.filter((descent) => descent.strategy === kind)[start]!);
const figures = {
  alignedReaches: countOf('aligned-mtl'),
  cagradReaches: countOf('cagrad'),
  sumReaches: countOf('sum'),
  /** Plain descent is caught in the canyons from the two starts above them, and from no other. */
  plainFails: starts.every((_, at) => failsAt('sum', at) === (at === 0 || at === 2)),
  pcgradReaches: countOf('pcgrad'),
  gradvacReaches: countOf('gradvac'),
  mgdaReaches: countOf('mgda'),
  imtlReaches: countOf('imtl-g'),
  nashReaches: countOf('nash-mtl'),
  engineDistance: Number(worstEngineDistance.toPrecision(2)),
};
console.log(`\n${JSON.stringify(figures)}`);
if (options.picture !== undefined) {
  const title = `Two tasks, two parameters, ${steps.toLocaleString('en')} steps of Adam from five starts`;
  writeFileSync(options.picture, toyPicture(title, descents, reaches));
}
const output = process.env['NISUS_GATE_OUTPUT'];
if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
