/**
 * What each list loss is worth for a ranker of clicks on the pages of a lived world: order and calibration, with one model.
 *
 *     node bench/list-losses-world/main.ts [--preset demo] [--world-seed 7] [--seeds 3] [--epochs 3] [--losses bce,softmax,…] [--threads 2] [--folder FOLDER]
 *
 * Prints the protocol and a table in Markdown. With --folder, checkpoints and figures stay there, and a run with the same settings goes on where
 * another was killed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { rankingPreset } from '../../src/app/ranking/ranking-preset.ts';
import { platformTasks } from '../../src/data/actions/platform-tasks.ts';
import { rankerTrainingConfigSchema, type RankerTrainingConfig } from '../../src/learn/training/ranking/ranker-training-config.ts';
import { WORLD_PRESETS, type WorldPreset } from '../../src/world/world-settings.ts';
import { readMachine } from '../gate/machine.ts';
import { lossTable, type TableColumn, type TableRow } from '../list-losses/loss-table.ts';
import { trainedOnce } from '../list-losses/trained-once.ts';
import { describeWorld, rankingWorld } from '../ranking/ranking-world.ts';
import { trainModel } from '../ranking/train-model.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { clickFigures, type ClickFigures } from './click-figures.ts';
import { CLICK_LOSSES, SOFTMAX_WEIGHT, type ClickLoss } from './click-losses.ts';

const { values: options } = parseArgs({
  options: {
    preset: { type: 'string', default: 'demo' },
    'world-seed': { type: 'string', default: '7' },
    seeds: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '3' },
    losses: { type: 'string', default: CLICK_LOSSES.map(({ key }) => key).join(',') },
    threads: { type: 'string', default: '2' },
    folder: { type: 'string' },
  },
});
const number = wholeNumbers(options);
if (!Object.hasOwn(WORLD_PRESETS, options.preset))
  throw new Error(`--preset is ${options.preset}, expected one of ${Object.keys(WORLD_PRESETS).join(', ')}`);
const preset = options.preset as WorldPreset;
const [worldSeed, seeds, epochs, threads] = [
  number('world-seed', 0, 2 ** 31 - 1),
  number('seeds', 1, 50),
  number('epochs', 1, 1000),
  number('threads', 1, 256),
];
const losses = options.losses.split(',').map((key) => {
  const found = CLICK_LOSSES.find((loss) => loss.key === key);
  if (found === undefined) throw new Error(`no loss ${key}: the losses are ${CLICK_LOSSES.map((loss) => loss.key).join(', ')}`);
  return found;
});
const COLUMNS: readonly TableColumn<keyof ClickFigures>[] = [
  { key: 'ndcg10', title: 'NDCG@10', digits: 4, ofProbability: false },
  { key: 'gauc', title: 'GAUC', digits: 4, ofProbability: false },
  { key: 'auc', title: 'AUC', digits: 4, ofProbability: false },
  { key: 'ece', title: 'ECE', digits: 4, ofProbability: true },
  { key: 'logLoss', title: 'log loss', digits: 4, ofProbability: true },
  { key: 'eceIsotonic', title: 'ECE, isotonic', digits: 4, ofProbability: false },
  { key: 'logLossPlatt', title: 'log loss, Platt', digits: 4, ofProbability: false },
];
const startMs = performance.now();
const seconds = () => ((performance.now() - startMs) / 1000).toFixed(0);

const base = rankingPreset(
  'hstu-ranker',
  platformTasks.filter(({ name }) => name === 'click'),
);
/** All but the loss and the seed is one for all rows. */
function configOf({ terms }: ClickLoss, seed: number): RankerTrainingConfig {
  return rankerTrainingConfigSchema.parse({
    ...base,
    model: { ...base.model, tasks: { kind: 'shared-bottom', hidden: [64], tower: [32], dropout: 0.1 } },
    loss: { ...base.loss, tasks: base.loss.tasks.map((task) => ({ ...task, terms })) },
    epochs,
    // The last epoch is taken: the one of the best AUC would favour the losses that AUC is near to.
    validateEveryEpochs: epochs,
    seed,
    threads,
  });
}

const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'nisus-list-losses-world-'));
try {
  const world = await rankingWorld(preset, worldSeed);
  console.error(`lived and read in ${seconds()} s`);
  const rows: TableRow<keyof ClickFigures>[] = [];
  for (const loss of losses) {
    const figures: ClickFigures[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const own = path.join(folder, `${preset}-${worldSeed}-${loss.key}-${seed}-${epochs}`);
      const outcome = await trainedOnce(own, async (keptIn) => {
        const model = await trainModel(world, configOf(loss, seed), loss.name, keptIn);
        return { ...(await clickFigures(model)), seconds: model.seconds };
      });
      figures.push(outcome);
      console.error(
        `${loss.name} seed ${seed}: NDCG@10 ${outcome.ndcg10.toFixed(4)}, AUC ${outcome.auc.toFixed(4)}, log loss after Platt ${outcome.logLossPlatt.toFixed(4)}, trained in ${outcome.seconds.toFixed(0)} s; ${seconds()} s`,
      );
    }
    rows.push({ key: loss.key, name: loss.name, impliesProbability: loss.impliesProbability, seeds: figures });
  }
  const { text, figures } = lossTable(rows, COLUMNS);
  const { encoder, dimension } = base.model;
  const machine = readMachine();
  const protocol =
    `${describeWorld(preset, worldSeed, world)}. One task, click; ${encoder.kind} of length ${encoder.maxLength}, ${'blocks' in encoder ? encoder.blocks : 0} blocks, dimension ${dimension}, one bottom and tower; ` +
    `the same steps for every loss (${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, the last is judged), ${seeds} ${seeds === 1 ? 'seed' : 'seeds (mean ± standard deviation)'}. ` +
    `Lists: a page's first ${base.rows.listPlaces} places. BCE + softmax: BCE a place and ${SOFTMAX_WEIGHT} times softmax a page. ` +
    `Test pages: NDCG@10 over the pages with a click and a place without, mean over pages; GAUC by user, weighted by places; AUC over all places. ` +
    `Probabilities: σ(score) as it is, 15 bins of equal mass; in brackets where the loss does not speak of one. Isotonic and Platt (scale and offset of the score) are fitted on the validation pages. ` +
    `${machine.cpu}, ${threads} threads, Node ${machine.node}`;
  console.log(`\n${protocol}\n\n${text}\n\n${seconds()} s`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol: `${protocol}\n\n${text}` }));
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
}
