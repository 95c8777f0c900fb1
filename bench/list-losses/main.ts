/**
 * What each list loss is worth for next items on MovieLens-1M: order and calibration, with one small SASRec.
 *
 *     node bench/list-losses/main.ts [--seeds 2] [--epochs 40] [--rate 0.003] [--losses bce,softmax,…] [--folder FOLDER] [--tune]
 *
 * Prints the protocol and a table in Markdown. --tune reports validation NDCG@10 alone, for choosing settings. With --folder, checkpoints and
 * figures stay there, and a run with the same settings goes on where another was killed: all losses take an hour or two.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { manualClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { importInteractions } from '../../src/data/interactions/import-interactions.ts';
import { openDataset } from '../../src/data/interactions/open-dataset.ts';
import { splitLeaveOneOut } from '../../src/learn/evaluation/leave-one-out.ts';
import { fitMarkov } from '../../src/learn/models/baselines/markov.ts';
import { fitPopularity } from '../../src/learn/models/baselines/popularity.ts';
import { readMachine } from '../gate/machine.ts';
import { realData } from '../quality/quality-run.ts';
import { decimalNumbers } from '../decimal-numbers.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { asLogCounts } from './log-counts.ts';
import { lossTable, type TableColumn, type TableRow } from './loss-table.ts';
import { NEGATIVES, TABLE_LOSSES } from './next-item-losses.ts';
import { MODEL, rankerFigures, TRAINING, trainLoss, type LossFigures, type RankerFigures } from './train-loss.ts';
import { trainedOnce } from './trained-once.ts';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2' },
    epochs: { type: 'string', default: '40' },
    rate: { type: 'string', default: '0.003' },
    losses: { type: 'string', default: TABLE_LOSSES.map(({ key }) => key).join(',') },
    folder: { type: 'string' },
    tune: { type: 'boolean', default: false },
  },
});
const number = wholeNumbers(options);
const [seeds, epochs, learningRate] = [number('seeds'), number('epochs'), decimalNumbers(options)('rate')];
const losses = options.losses.split(',').map((key) => {
  const found = TABLE_LOSSES.find((loss) => loss.key === key);
  if (found === undefined) throw new Error(`no loss ${key}: the losses are ${TABLE_LOSSES.map((loss) => loss.key).join(', ')}`);
  return found;
});
const COLUMNS: readonly TableColumn<keyof RankerFigures>[] = [
  { key: 'ndcg10', title: 'NDCG@10', digits: 4, ofProbability: false },
  { key: 'hitRate10', title: 'HR@10', digits: 4, ofProbability: false },
  { key: 'ece', title: 'ECE', digits: 5, ofProbability: true },
  { key: 'logLoss', title: 'log loss', digits: 5, ofProbability: true },
  { key: 'eceFitted', title: 'ECE, fitted', digits: 5, ofProbability: true },
  { key: 'logLossFitted', title: 'log loss, fitted', digits: 5, ofProbability: true },
];
const source = realData('ml-1m');
const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'nisus-list-losses-'));
try {
  const destination = path.join(folder, 'data');
  await importInteractions(source, { destination }, { clock: manualClock(), logger: silentLogger });
  const split = splitLeaveOneOut(await openDataset(destination));
  const rows: TableRow<keyof RankerFigures>[] = [];
  for (const fitted of [await fitPopularity(split.train), await fitMarkov(split.train)]) {
    const figures = await rankerFigures(asLogCounts(fitted), 'softmax', split);
    const key = fitted.name === 'popularity' ? 'popularity' : 'markov';
    rows.push({ key, name: fitted.name, impliesProbability: true, seeds: [figures] });
  }
  for (const loss of losses) {
    const figures: LossFigures[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const outcome = await trainedOnce(path.join(folder, `${loss.key}-${seed}-${epochs}-${learningRate}`), (own) =>
        trainLoss(loss, split, { seed, epochs, learningRate, folder: own }),
      );
      figures.push(outcome);
      const { validationNdcg10, ndcg10, ece, logLoss, logLossFitted, bestEpoch, steps, seconds } = outcome;
      const judged = options.tune
        ? ''
        : `test NDCG@10 ${ndcg10.toFixed(4)}, ECE ${ece.toFixed(5)}, log loss ${logLoss.toFixed(5)}, fitted ${logLossFitted.toFixed(5)}, `;
      console.error(
        `${loss.name} seed ${seed}: validation NDCG@10 ${validationNdcg10.toFixed(4)} at epoch ${bestEpoch}, ${judged}${steps} steps, ${seconds.toFixed(0)} s`,
      );
    }
    rows.push({ key: loss.key, name: loss.name, impliesProbability: loss.implies !== 'none', seeds: figures });
  }
  if (!options.tune) report(rows);
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
}

function report(rows: readonly TableRow<keyof RankerFigures>[]): void {
  const { text, figures } = lossTable(rows, COLUMNS);
  const machine = readMachine();
  const steps = (rows.at(-1)!.seeds[0] as LossFigures).steps;
  const protocol =
    `ml-1m, leave-one-out. SASRec of length ${MODEL.maxLength}, dimension ${MODEL.dimension}, ${MODEL.blocks} block, ${MODEL.heads} heads, dropout ${MODEL.dropout}, cosine over ${MODEL.scoring.temperature}; ` +
    `Adam ${learningRate} falling as a cosine, batches of ${TRAINING.batchSize} random windows, ${steps} steps for every loss, ${seeds} seeds (mean ± standard deviation). ` +
    `Lists in training: the target and ${NEGATIVES} items drawn uniformly, shared by a step's rows; gBCE 16 of each row's own, full softmax all items. ` +
    `Test NDCG@10 and HR@10: full ranking, items of the history left out, epoch of the best validation NDCG@10 (every ${TRAINING.validateEveryEpochs}). ` +
    `Calibration: lists of a validation case's target and ${NEGATIVES} uniform other items; the probability that the loss implies (sigmoid of the score, or softmax over the list; ` +
    `where it implies none, in brackets, softmax), ECE in 15 bins of equal mass and log loss a place on every other case; fitted: scale and offset of the log-odds (Platt) from the other cases. ` +
    `Popularity and Markov: softmax of log(1 + count). ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`;
  console.log(`\n${protocol}\n\n${text}`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol: `${protocol}\n\n${text}` }));
}
