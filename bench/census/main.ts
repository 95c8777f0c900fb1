/**
 * Single task, shared bottom, MMoE and PLE on census-income, beside the same four in PyTorch.
 *
 *     node bench/census/main.ts [--seeds 5] [--epochs 12] [--patience 2] [--batch 1024] [--balance 0.01] [--no-torch]
 *
 * Shapes and training of each model were chosen on validation by tune.ts. PyTorch is set up on first use
 * (bench/torch/setup.sh), or named in NISUS_TORCH_PYTHON.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readMachine } from '../gate/machine.ts';
import { decimalNumbers } from '../decimal-numbers.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { examplesOf, PARTS, readCensus } from './census-data.ts';
import { CENSUS_MODELS, describeModel } from './census-models.ts';
import { compareOrders, meanOf, spreadOf, summaryOf, type ModelSeeds } from './census-report.ts';
import { trainOnce } from './train-once.ts';
import { runTorch } from './torch-peer.ts';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    epochs: { type: 'string', default: '12' },
    patience: { type: 'string', default: '2' },
    batch: { type: 'string', default: '1024' },
    balance: { type: 'string', default: '0.01' },
    'no-torch': { type: 'boolean', default: false },
  },
});
const number = wholeNumbers(options);
const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(process.env['NISUS_DATA'] ?? path.resolve(root, '../shared/data'), 'census-income', 'census-income.csv.gz');
if (!existsSync(file)) {
  console.error(`${file} does not exist: put the data there, or name the folder of data sets in NISUS_DATA`);
  process.exit(66);
}
const settings = {
  seeds: number('seeds'),
  epochs: number('epochs'),
  patience: number('patience'),
  batchSize: number('batch'),
  gateBalance: decimalNumbers(options)('balance'),
};
const folder = mkdtempSync(path.join(tmpdir(), 'nisus-census-'));
const startMs = performance.now();
try {
  const census = readCensus(file);
  const test = examplesOf(census, 'test');
  const counts = PARTS.map((part) => `${census.rows[part].length} ${part}`).join(' / ');
  console.log(`census-income: ${census.encoded.rows} rows, ${counts}, ${census.fieldCount} fields\n`);
  // Both use one thread, and no time is compared: they train side by side.
  const peer = options['no-torch'] ? null : runTorch(root, folder, census, settings);
  peer?.catch(() => undefined);
  const ours: ModelSeeds[] = [];
  for (const model of CENSUS_MODELS) {
    const seeds = [];
    for (let seed = 1; seed <= settings.seeds; seed++) {
      const outcome = await trainOnce(census, model, test, {
        ...settings,
        seed,
        folder: path.join(folder, `${model.key}-${seed}`),
      });
      seeds.push(outcome);
      const { aucs, parameters, epochs } = outcome;
      console.log(
        `${model.name.padEnd(14)} seed ${seed}  income ${aucs.income.toFixed(4)}  marital ${aucs.marital.toFixed(4)}  best epoch ${epochs.join(', ')}  ${parameters} parameters  ${outcome.seconds.toFixed(0)} s`,
      );
    }
    ours.push({ model, seeds });
  }
  const trainMinutes = (performance.now() - startMs) / 60_000;
  const torch = await peer;
  report(ours, torch, trainMinutes, counts);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report(
  ours: readonly ModelSeeds[],
  torch: Awaited<ReturnType<typeof runTorch>> | null,
  trainMinutes: number,
  counts: string,
): void {
  console.log(`\ntest AUC, mean ± sd over ${settings.seeds} seeds, ours${torch === null ? '' : ' | PyTorch'}`);
  const figures: Record<string, number> = {};
  let torchDifferenceMax = 0;
  for (const { model, seeds } of ours) {
    const peer = torch?.[model.key];
    const cells = (['income', 'marital'] as const).map((task) => {
      const own = seeds.map(({ aucs }) => aucs[task]);
      const name = `${model.key}${task === 'income' ? 'Income' : 'Marital'}`;
      figures[`${name}Auc`] = round(meanOf(own));
      figures[`${name}Sd`] = round(spreadOf(own));
      if (peer === undefined) return `${task} ${summaryOf(own)}`;
      const theirs = peer.map((aucs) => aucs[task]);
      figures[`${name}Torch`] = round(meanOf(theirs));
      torchDifferenceMax = Math.max(torchDifferenceMax, Math.abs(meanOf(own) - meanOf(theirs)));
      return `${task} ${summaryOf(own)} | ${summaryOf(theirs)}`;
    });
    figures[`${model.key}MeanAuc`] = round(meanOf(seeds.map(({ aucs }) => (aucs.income + aucs.marital) / 2)));
    figures[`${model.key}Parameters`] = seeds[0]!.parameters;
    figures[`${model.key}DeadExperts`] = Math.max(...seeds.map(({ dead }) => dead.length));
    console.log(
      `${model.name.padEnd(14)} ${cells.join('   ')}   mean ${figures[`${model.key}MeanAuc`]!.toFixed(4)}   ${seeds[0]!.parameters} parameters`,
    );
  }
  for (const { model, seeds } of ours) for (const line of seeds[0]!.gateLines) console.log(`${model.name} seed 1: ${line}`);
  const order = compareOrders(ours);
  console.log(`\norder by mean of the two AUCs: ${order.text}`);
  const bestOf = (task: 'Income' | 'Marital') => Math.max(...ours.map(({ model }) => figures[`${model.key}${task}Auc`]!));
  const summary = {
    pleMinusSingleTask: round(figures['pleMeanAuc']! - figures['singleTaskMeanAuc']!),
    plePValue: round(order.plePValue),
    pleIncomeAuc: figures['pleIncomeAuc']!,
    pleMaritalAuc: figures['pleMaritalAuc']!,
    bestIncomeAuc: bestOf('Income'),
    bestMaritalAuc: bestOf('Marital'),
    deadExperts: Math.max(...ours.map(({ model }) => figures[`${model.key}DeadExperts`]!)),
    trainMinutes: Math.round(trainMinutes * 10) / 10,
    ...(torch !== null && { torchDifferenceMax: round(torchDifferenceMax) }),
  };
  const machine = readMachine();
  const chosen = ours.map(({ model }) => `${model.name} ${describeModel(model)}`).join(', ');
  const protocol =
    `census-income, tasks income > 50K and never married, instance weight left out; split by SHA-256 of the line: ${counts}; ` +
    `AUC on test, ${settings.seeds} seeds; Adam, batches of ${settings.batchSize}, at most ${settings.epochs} epochs, ` +
    `best validation mean AUC, patience ${settings.patience}, gate balance ${settings.gateBalance}, losses weighted 1 : 1; shapes, rates and dropouts chosen on validation under other seeds (bench/census/tune.ts; shared bottom untuned): ${chosen}; single task is two runs that stop each by itself; ` +
    `order by mean of the two AUCs: ${order.text}; PyTorch: same sizes, split, initial distributions, optimizer, stopping rule, own seeds; ` +
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`;
  console.log(`\n${protocol}\n${JSON.stringify({ ...figures, ...summary })}`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures: { ...figures, ...summary }, protocol }));
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
