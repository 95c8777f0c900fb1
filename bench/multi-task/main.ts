/**
 * PLE over HSTU with a composite loss of nine tasks, against a model of its own for each task, on the pages of a lived world;
 * and how well the calibrated probabilities of the first fit, task by task and segment by segment.
 *
 *     node bench/multi-task/main.ts [--preset demo] [--world-seed 7] [--seeds 3] [--epochs 3] [--part test] [--threads 2] [--no-single]
 *         [--days 14] [--aside-days 1] [--calibration isotonic]
 *
 * Prints protocol and figures; settings were chosen with `--part validation`.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { rankingPreset } from '../../src/app/ranking/ranking-preset.ts';
import { formatTable } from '../../src/app/words/table.ts';
import { linearRanking } from '../../src/learn/models/ranking/baselines/linear-ranking.ts';
import { popularityRanking } from '../../src/learn/models/ranking/baselines/popularity-ranking.ts';
import { rankerTrainingConfigSchema, type RankerTrainingConfig } from '../../src/learn/training/ranking/ranker-training-config.ts';
import { calibrateImpressions } from '../../src/measure/calibration/calibrate-impressions.ts';
import { fitRunCalibrators } from '../../src/measure/calibration/fit-run-calibrators.ts';
import { compareImpressions } from '../../src/measure/comparison/compare-impressions.ts';
import { measureImpressions } from '../../src/measure/comparison/measure-impressions.ts';
import type { ScoredImpressions } from '../../src/measure/impressions/scored-impressions.ts';
import { scoredImpressions } from '../../src/app/ranking/scored-pages.ts';
import type { WorldPreset } from '../../src/world/world-settings.ts';
import { readMachine } from '../gate/machine.ts';
import { describeWorld, rankingWorld } from '../ranking/ranking-world.ts';
import { trainModel, type TrainedModel } from '../ranking/train-model.ts';
import { wholeNumbers } from '../whole-numbers.ts';

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    preset: { type: 'string', default: 'demo' },
    'world-seed': { type: 'string', default: '7' },
    seeds: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '3' },
    part: { type: 'string', default: 'test' },
    threads: { type: 'string', default: '2' },
    /** Of the world; its preset's when absent. */
    days: { type: 'string' },
    'aside-days': { type: 'string' },
    single: { type: 'boolean', default: true },
    calibration: { type: 'string', default: 'isotonic' },
  },
});
const number = wholeNumbers(options);
const seeds = number('seeds', 1, 50);
const part = options.part === 'validation' ? 'validation' : 'test';
const preset = options.preset as WorldPreset;
const startMs = performance.now();
const seconds = () => ((performance.now() - startMs) / 1000).toFixed(0);
/** A segment with fewer places is not held to the bar. */
const SEGMENT_PLACES = 5000;

const base = { ...rankingPreset('hstu-ranker'), epochs: number('epochs', 1, 1000), threads: number('threads', 1, 64) };
const { days, 'aside-days': asideDays } = options;
const world = await rankingWorld(preset, number('world-seed', 0, 2 ** 31 - 1), {
  ...(days !== undefined && { days: wholeNumbers({ days })('days', 3, 365) }),
  ...(asideDays !== undefined && { asideDays: wholeNumbers({ asideDays })('asideDays', 1, 100) }),
});
const tasks = base.loss.tasks.map(({ name }) => name);
console.error(`lived and read in ${seconds()} s`);

/** The same encoder, bottom and tower for one task. */
function singleTask(task: string, seed: number): RankerTrainingConfig {
  const own = base.loss.tasks.filter(({ name }) => name === task);
  return rankerTrainingConfigSchema.parse({
    ...base,
    seed,
    model: { ...base.model, tasks: { kind: 'shared-bottom', hidden: [base.model.dimension], tower: [24] } },
    loss: { tasks: own },
  });
}

interface Gain {
  readonly difference: number;
  readonly standardError: number;
}
const gains = new Map<string, Gain[]>(tasks.map((task) => [task, []]));
const aucs = { together: new Map<string, number[]>(), alone: new Map<string, number[]>() };
const together: TrainedModel[] = [];
for (let seed = 1; seed <= seeds; seed++) {
  const ple = await trainModel(world, { ...base, seed }, 'PLE');
  together.push(ple);
  console.error(
    `seed ${seed}: PLE ${ple.seconds.toFixed(0)} s, best epoch ${ple.bestEpoch + 1}, validation ${ple.bestValidation.toFixed(4)}; ${seconds()} s`,
  );
  if (!options.single) continue;
  for (const task of tasks) {
    const single = await trainModel(world, singleTask(task, seed), `only ${task}`);
    const own = ple[part].tasks.filter(({ name }) => name === task);
    const compared = await compareImpressions(
      { ...single[part], segmentations: [] },
      { ...ple[part], tasks: own, segmentations: [] },
      { decisionMetric: 'AUC', guardTasks: [], seed },
    );
    const found = compared.cells[0]!.metrics.find(({ metric }) => metric === 'AUC');
    if (found === undefined) throw new Error(`${task}: ${compared.cells[0]!.tooSmall}`);
    gains.get(task)!.push({ difference: found.difference, standardError: found.standardError });
    for (const [arm, value] of [
      ['alone', found.first.value],
      ['together', found.second.value],
    ] as const) {
      aucs[arm].set(task, [...(aucs[arm].get(task) ?? []), value]);
    }
    console.error(
      `  only ${task}: ${single.seconds.toFixed(0)} s, AUC ${found.first.value.toFixed(4)}, PLE ${found.second.value.toFixed(4)}; ${seconds()} s`,
    );
  }
}

const figures: Record<string, number | boolean> = {};
if (options.single) reportTasks();
await reportCalibration(together[0]!);
await reportBaselines(together[0]!);
const machine = readMachine();
const { encoder, dimension } = base.model;
const protocol =
  `${describeWorld(preset, number('world-seed', 0, 2 ** 31 - 1), world)}. Model: ${encoder.kind} of length ${encoder.maxLength}, ${'blocks' in encoder ? encoder.blocks : 0} blocks, dimension ${dimension}; PLE over nine tasks, losses weighted as in the preset, against one bottom and tower a task, same encoder, ` +
  `same steps at most (${base.epochs} epochs, the best by validation AUC), ${seeds} seeds. AUC over all ${part} places that have the task; a difference's interval is 1.96 √(mean squared standard error of the bootstrap over users + variance over seeds / seeds). ` +
  `Calibration: ${options.calibration} on validation, followed by a line in log-odds a segment where cross-fitting over users gains two standard errors, debiased ECE on the ${part} pages, 15 bins of equal mass, noise taken off as it is between users, a return asked once a page, segments from ${SEGMENT_PLACES} places. ${machine.cpu}, Node ${machine.node}`;
console.log(`\n${protocol}\n${seconds()} s`);
const output = process.env['NISUS_GATE_OUTPUT'];
if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));

function reportTasks(): void {
  const rows = tasks.map((task) => {
    const own = gains.get(task)!;
    const difference = mean(own.map((gain) => gain.difference));
    const spread = own.length < 2 ? 0 : variance(own.map((gain) => gain.difference)) / own.length;
    const reach = 1.96 * Math.sqrt(mean(own.map((gain) => gain.standardError ** 2)) + spread);
    figures[`difference.${task}`] = round(difference);
    figures[`reach.${task}`] = round(reach);
    return { task, difference, reach };
  });
  figures['better'] = rows.filter(({ difference }) => difference > 0).length;
  figures['worseBeyondInterval'] = rows.filter(({ difference, reach }) => difference < -reach).length;
  console.log(
    formatTable([
      ['AUC', 'own model', 'PLE', 'PLE − own', '95 % interval'],
      ...rows.map(({ task, difference, reach }) => [
        task,
        mean(aucs.alone.get(task)!).toFixed(4),
        mean(aucs.together.get(task)!).toFixed(4),
        difference.toFixed(4),
        `${(difference - reach).toFixed(4)} to ${(difference + reach).toFixed(4)}`,
      ]),
    ]),
  );
}

async function reportCalibration(model: TrainedModel): Promise<void> {
  const calibrators = fitRunCalibrators(
    model.validation,
    options.calibration === 'auto' ? {} : { method: options.calibration as 'isotonic' },
  );
  const measured = await measureImpressions(calibrateImpressions(calibrators, model.test), { resamples: 100 });
  const raw = await measureImpressions({ ...model.test, segmentations: [] }, { resamples: 100 });
  const ece = (cell: (typeof measured.cells)[number]) => cell.estimates.find(({ metric }) => metric === 'debiased ECE')?.value;
  const overall = measured.cells.filter(({ segment, tooSmall }) => segment === null && tooSmall === null);
  const segments = measured.cells.filter(
    ({ segment, tooSmall, examples }) => segment !== null && tooSmall === null && examples > SEGMENT_PLACES,
  );
  const worst = segments.toSorted((a, b) => ece(b)! - ece(a)!);
  figures['eceWorstTask'] = round(Math.max(...overall.map((cell) => ece(cell)!)));
  figures['eceWorstSegment'] = round(Math.max(...segments.map((cell) => ece(cell)!)));
  figures['segments'] = segments.length;
  console.log(
    `\n${formatTable([
      ['calibration', 'rate', 'ECE raw', 'ECE', 'worst segment', 'ECE'],
      ...overall.map((cell) => {
        const own = worst.find(({ task }) => task === cell.task);
        const before = raw.cells.find(({ task }) => task === cell.task)!;
        figures[`ece.${cell.task}`] = round(ece(cell)!);
        return [
          cell.task,
          `${(100 * cell.rate!).toFixed(2)} %`,
          ece(before)!.toFixed(4),
          ece(cell)!.toFixed(4),
          own === undefined ? '' : `${own.segmentation} ${own.segment}`,
          own === undefined ? '' : ece(own)!.toFixed(4),
        ];
      }),
    ])}`,
  );
}

/** What needs no neural network: beside which the AUCs stand. */
async function reportBaselines(model: TrainedModel): Promise<void> {
  const parts = { train: world.split.train.lists, score: world.split[part].lists };
  const columns = { sequences: world.data.sequences, pages: world.data.pages, subjects: world.data.subjects };
  const scored = (name: string, scores: Readonly<Record<string, Float32Array>>): ScoredImpressions => ({
    ...scoredImpressions(
      world.pages[part],
      { data: { name: 'world', fingerprint: 'world' }, part, model: { name, fingerprint: name } },
      world.labels,
      scores,
    ),
    segmentations: [],
  });
  const rivals = [
    scored('popularity', popularityRanking(columns, world.labels, parts)),
    scored('linear', await linearRanking(columns, world.labels, parts)),
  ];
  const all = await Promise.all(
    [...rivals, { ...model[part], segmentations: [] }].map((one) => measureImpressions(one, { resamples: 100 })),
  );
  const auc = (measures: (typeof all)[number], task: string) =>
    measures.cells.find((cell) => cell.task === task)!.estimates.find(({ metric }) => metric === 'AUC')!.value;
  for (const task of tasks) figures[`aboveLinear.${task}`] = round(auc(all[2]!, task) - auc(all[1]!, task));
  console.log(
    `\n${formatTable([
      ['AUC, seed 1', 'popularity', 'linear', 'PLE over HSTU'],
      ...tasks.map((task) => [task, ...all.map((measures) => auc(measures, task).toFixed(4))]),
    ])}`,
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
