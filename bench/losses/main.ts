/**
 * What each list loss gains and gives up: one small scorer trained with every loss on the same generated lists.
 *
 *     node scripts/bootstrap.mjs run bench/losses/main.ts [--seeds 5] [--train 1500] [--epochs 15] [--grades 3] [--hidden 2]
 *
 * Prints the protocol and a table of mean ± standard deviation over seeds.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatTable } from '../../src/app/words/table.ts';
import { listLossSchema } from '../../src/learn/nn/losses/list-loss.ts';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { generateLists, PROCESS } from './generated-lists.ts';
import { listFigures, type ListFigures } from './list-figures.ts';
import { BATCH, HIDDEN, trainScorer, type TrainedScores } from './train-scorer.ts';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    train: { type: 'string', default: '1500' },
    epochs: { type: 'string', default: '15' },
    grades: { type: 'string', default: '3' },
    hidden: { type: 'string', default: '2' },
  },
});
const number = wholeNumbers(options);
const [seeds, trainCount, epochs, grades] = [
  number('seeds', 1, 100),
  number('train', BATCH, 1e5),
  number('epochs', 1, 1000),
  number('grades', 1, 3),
];
const validationCount = 500;
const testCount = 3000;
const hiddenEffect = number('hidden', 0, 10);
const RATES = [2e-3, 1e-2];

const LOSSES = [
  ['pointwise BCE', { kind: 'bce' }],
  ['softmax', { kind: 'softmax' }],
  ['ListMLE', { kind: 'list-mle' }],
  ['p-ListMLE, 2^(n−k)', { kind: 'p-list-mle' }],
  ['p-ListMLE, 1/log₂', { kind: 'p-list-mle', discount: 'logarithmic' }],
  ['ListNet', { kind: 'list-net' }],
  ['ApproxNDCG, T 0.1', { kind: 'approx-ndcg' }],
  ['ApproxNDCG, T 1', { kind: 'approx-ndcg', temperature: 1 }],
  ['LambdaRank', { kind: 'lambda-loss', mu: 0 }],
  ['NDCG-Loss2++', { kind: 'lambda-loss' }],
  ['JRC, α 0.5', { kind: 'jrc' }],
] as const;

const figures = new Map<string, ListFigures[]>([...LOSSES.map(([name]) => [name, []] as [string, ListFigures[]]), ['the truth', []]]);
const startMs = performance.now();
for (let seed = 1; seed <= seeds; seed++) {
  const draw = (part: string, count: number) => generateLists({ seed, part, count, grades, hiddenEffect });
  const [train, validation, test] = [draw('train', trainCount), draw('validation', validationCount), draw('test', testCount)];
  figures.get('the truth')!.push(listFigures(test, test.truth, validation, validation.truth));
  for (const [name, settings] of LOSSES) {
    let best: TrainedScores | null = null;
    for (const learningRate of RATES) {
      const trained = await trainScorer({ config: listLossSchema.parse(settings), learningRate, epochs, seed, train, validation, test });
      if (best === null || trained.validationNdcg10 > best.validationNdcg10) best = trained;
    }
    figures.get(name)!.push(listFigures(test, best!.ofTest, validation, best!.ofValidation));
  }
  console.error(`seed ${seed} of ${seeds}: ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
}

const machine = readMachine();
const protocol =
  `${PROCESS}. Deviation of h: ${hiddenEffect}. Labels: ${grades === 1 ? 'clicks' : `grades 0 to ${grades}`}. ${trainCount} lists to train on, ${validationCount} to choose by, ${testCount} to test, ` +
  `drawn anew for each of ${seeds} seeds and the same for every loss. Perceptron ${HIDDEN.join(' → ')} → 1 (JRC: 2), relu, over all features; Adam, ` +
  `batches of ${BATCH} lists, gradient norm at most 10, ${epochs} epochs; of the rates ${RATES.join(' and ')} and of the epochs the one with the best validation NDCG@10. ` +
  'NDCG@10: gain 2^y − 1, mean over lists with a positive. AUC of clicks over all impressions; GAUC within lists. ECE: σ(score) against clicks, 15 bins of equal width; ' +
  'after Platt: scale and offset fitted to the validation lists. Mean ± standard deviation over seeds, of the difference too, which is taken seed by seed. ' +
  `${machine.cpu}, Node ${machine.node}`;
const columns = ['ndcg10', 'groupAuc', 'auc', 'ece', 'ecePlatt', 'logLossPlatt'] as const;
const short = (value: number) =>
  value
    .toFixed(4)
    .replace(/^(-?)0/, '$1')
    .replace('-', '−');
const cell = (values: readonly number[]) => `${short(mean(values))} ± ${short(deviation(values))}`;
const reference = figures.get(LOSSES[0][0])!;
const rows = [...figures].map(([name, runs]) => {
  const [ndcg, ...rest] = columns.map((column) => cell(runs.map((run) => run[column])));
  return [name, ndcg!, runs === reference ? '' : cell(runs.map((run, at) => run.ndcg10 - reference[at]!.ndcg10)), ...rest];
});
console.log(`\n${protocol}\n`);
console.log(
  formatTable([['loss', 'NDCG@10', 'less that of BCE', 'GAUC', 'AUC', 'ECE', 'ECE after Platt', 'log loss after Platt'], ...rows]),
);
const gateFigures: Record<string, number> = {};
for (const [name, settings] of LOSSES) {
  const id = Object.values(settings).join('-');
  const runs = figures.get(name)!;
  for (const column of columns) gateFigures[`${id}.${column}`] = Number(mean(runs.map((run) => run[column])).toFixed(5));
  gateFigures[`${id}.ndcg10LessBce`] = Number(mean(runs.map((run, at) => run.ndcg10 - reference[at]!.ndcg10)).toFixed(5));
}
console.log(`\n${((performance.now() - startMs) / 1000).toFixed(0)} s`);
const output = process.env['NISUS_GATE_OUTPUT'];
if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures: gateFigures, protocol }));

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  return values.length < 2 ? 0 : Math.sqrt(values.reduce((total, value) => total + (value - mean(values)) ** 2, 0) / (values.length - 1));
}
