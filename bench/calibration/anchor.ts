/**
 * The calibration anchor: temperature scaling of a VGG16 on CIFAR-10's test set, half to fit and half to test, beside the published
 * figures; all other calibrators on the same halves; and how far the figures move from one random half to another.
 *
 *     npm run -s run-file -- bench/calibration/anchor.ts [--seeds 100] [--svg FILE]
 *
 * Needs `calibration/cifar10_vgg16.csv.gz` where NISUS_DATA points, or under ../shared/data.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/base/random.ts';
import { applyCalibrator, CALIBRATION_METHODS, fitCalibrator } from '../../src/measure/calibration/calibrator.ts';
import { classLogLoss, topLabel, type LabelledClasses } from '../../src/measure/calibration/labelled-classes.ts';
import type { LabelledScores } from '../../src/measure/calibration/labelled-scores.ts';
import { measureCalibration, type CalibrationMeasures } from '../../src/measure/calibration/measure-calibration.ts';
import { reliabilityDiagram } from '../../src/measure/calibration/reliability-diagram.ts';
import { fitSoftmaxTemperature } from '../../src/measure/calibration/softmax-temperature.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { readClassProbabilities, takeRows } from './class-probabilities.ts';
import { halves } from './half-split.ts';
import { oneVersusRest } from './one-versus-rest.ts';

const { values: options } = parseArgs({ options: { seeds: { type: 'string', default: '100' }, svg: { type: 'string' } } });
const seeds = wholeNumbers(options)('seeds', 2);
const data = process.env['NISUS_DATA'] ?? path.resolve(import.meta.dirname, '../../../shared/data');
const file = path.join(data, 'calibration', 'cifar10_vgg16.csv.gz');
if (!existsSync(file)) {
  console.error(`${file} is not there: put the data there, or name the folder of data sets in NISUS_DATA`);
  process.exit(1);
}
const examples = readClassProbabilities(file);
const count = examples.labels.length;

interface Outcome {
  readonly temperature: number;
  readonly fit: LabelledClasses;
  readonly raw: LabelledClasses;
  readonly scaled: LabelledClasses;
}

function scaleHalf(seed: number): Outcome {
  const { fit, test } = halves(count, seed);
  const [fitRows, raw] = [takeRows(examples, fit), takeRows(examples, test)];
  const record = fitSoftmaxTemperature(fitRows);
  return { temperature: record.temperature, fit: fitRows, raw, scaled: { ...raw, scores: applyCalibrator(record, raw.scores) } };
}

const measureHead = ' ECE %, equal width | debiased % [95 %] | ECE %, equal mass | MCE % | Brier |\n|---|---|---|---|---|---|---|';
const ecePercent = (scores: LabelledScores) => 100 * measureCalibration(scores, { binning: 'equal-width', bins: 15 }).ece;
const round = (value: number, digits: number) => Number(value.toFixed(digits));

const protocol =
  `VGG16 on CIFAR-10's test set, ${count} rows of probabilities; shuffled as numpy.random.RandomState(0).permutation(${count}), first half to fit, ` +
  'second half to test; temperature on log-probabilities by maximum likelihood; ECE of the top label over 15 bins of equal width';
console.log(`${protocol}\n`);

const anchor = scaleHalf(0);
const figures = {
  temperature: round(anchor.temperature, 4),
  ecePercent: round(ecePercent(topLabel(anchor.scaled)), 4),
  rawEcePercent: round(ecePercent(topLabel(anchor.raw)), 4),
  nllBefore: round(classLogLoss(anchor.raw), 5),
  nllAfter: round(classLogLoss(anchor.scaled), 5),
};
console.log('| | here | published |\n|---|---|---|');
console.log(`| temperature | ${figures.temperature} | 1.70 |`);
console.log(`| raw ECE % | ${figures.rawEcePercent} | 4.02 |`);
console.log(`| ECE % | ${figures.ecePercent} | 1.27 |`);
console.log(`| log loss | ${figures.nllBefore} → ${figures.nllAfter} | .2454 → .1930 |`);

const runs = Array.from({ length: seeds }, (_, seed) => scaleHalf(seed));
const spread = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return `${mean.toFixed(4)} ± ${Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)).toFixed(4)}`;
};
console.log(`\nOver ${seeds} random halves (seeds 0 to ${seeds - 1}), mean ± sd:`);
console.log(`temperature ${spread(runs.map(({ temperature }) => temperature))}`);
console.log(`raw ECE %   ${spread(runs.map(({ raw }) => ecePercent(topLabel(raw))))}`);
console.log(`ECE %       ${spread(runs.map(({ scaled }) => ecePercent(topLabel(scaled))))}`);
console.log(`log loss    ${spread(runs.map(({ raw }) => classLogLoss(raw)))} → ${spread(runs.map(({ scaled }) => classLogLoss(scaled)))}`);

const rest = CALIBRATION_METHODS.map(
  (method) => [`${method}, one class against the rest`, oneVersusRest(method, anchor.fit, anchor.raw)] as const,
);
console.log('\nAll calibrators on the same halves, every class calibrated; the figures are of the top label, % where it says so:\n');
console.log(`| calibrator | accuracy % | log loss, 10 classes |${measureHead}---|`);
for (const [name, classes] of [['none', anchor.raw], ['temperature over the classes', anchor.scaled], ...rest] as const) {
  const top = topLabel(classes);
  const accuracy = 100 * measureCalibration(top).meanLabel;
  console.log(`| ${name} | ${accuracy.toFixed(2)} | ${classLogLoss(classes).toFixed(4)} |${measureCells(top)}`);
}

console.log("\nThe same on the top label's probability alone (a yes-or-no score: was it right?):\n");
console.log(`| calibrator | log loss |${measureHead}`);
const [topFit, topRaw] = [topLabel(anchor.fit), topLabel(anchor.raw)];
for (const method of CALIBRATION_METHODS) {
  const calibrated = { ...topRaw, scores: applyCalibrator(fitCalibrator(method, topFit), topRaw.scores) };
  console.log(`| ${method} | ${measureCalibration(calibrated).logLoss.toFixed(4)} |${measureCells(calibrated)}`);
}

if (options.svg !== undefined) {
  const bins = (classes: LabelledClasses) => measureCalibration(topLabel(classes), { binning: 'equal-width', bins: 15 }).bins;
  const series = [
    { name: 'as the model gives them', bins: bins(anchor.raw) },
    { name: `temperature ${anchor.temperature.toFixed(2)}`, bins: bins(anchor.scaled) },
  ];
  writeFileSync(options.svg, reliabilityDiagram(series, { title: 'VGG16 on CIFAR-10: top label', yLabel: 'accuracy' }));
}

console.log(`\n${JSON.stringify(figures)}`);
const output = process.env['NISUS_GATE_OUTPUT'];
if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));

function measureCells(scores: LabelledScores): string {
  const interval = { random: createRandom(0, 'anchor'), resamples: 500 };
  const wide: CalibrationMeasures = measureCalibration(scores, { binning: 'equal-width', bins: 15, interval });
  const mass = measureCalibration(scores, { binning: 'equal-mass', bins: 15 });
  const [low, high] = wide.intervals!.debiasedEce;
  const percent = (value: number) => (100 * value).toFixed(2);
  return ` ${percent(wide.ece)} | ${percent(wide.debiasedEce)} [${percent(low)}, ${percent(high)}] | ${percent(mass.ece)} | ${percent(wide.mce)} | ${wide.brier.toFixed(4)} |`;
}
