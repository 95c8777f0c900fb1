/**
 * What the other domains add: a next-action model over all that people did, against the same one that reads content alone, both
 * trained alike, asked the same cases of a lived world among the same candidates.
 *
 *     node bench/cross-domain/main.ts [--preset demo] [--world-seed 7] [--seeds 3] [--epochs 4] [--part test] [--threads 2] [--no-peer]
 *
 * Prints protocol and figures; settings were chosen with `--part validation`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nextActionData } from '../../src/app/next-action/next-action-data.ts';
import { nextActionPreset } from '../../src/app/next-action/next-action-presets.ts';
import { presetConfig } from '../../src/app/presets.ts';
import { formatTable } from '../../src/app/words/table.ts';
import { askRanker, evaluateAlive } from '../../src/learn/evaluation/next-action/evaluate-alive.ts';
import { fitMarkov } from '../../src/learn/models/baselines/markov.ts';
import { fitPopularity } from '../../src/learn/models/baselines/popularity.ts';
import { keepHistoryDomains } from '../../src/learn/training/next-action/next-action-source.ts';
import { neuralRanker } from '../../src/learn/training/neural-ranker.ts';
import { trainSequenceModel } from '../../src/learn/training/train.ts';
import { WORLD_PRESETS, type WorldPreset } from '../../src/world/world-settings.ts';
import { readMachine } from '../gate/machine.ts';
import { livedActions } from '../ranking/ranking-world.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { meanGains, meanOf, testByUser } from './paired-by-user.ts';
import { askArm, benchClock, stepsOfEpoch, trainArm } from './train-arm.ts';

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    preset: { type: 'string', default: 'demo' },
    'world-seed': { type: 'string', default: '7' },
    seeds: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '4' },
    part: { type: 'string', default: 'test' },
    threads: { type: 'string', default: '2' },
    peer: { type: 'boolean', default: true },
  },
});
const number = wholeNumbers(options);
const seeds = number('seeds', 1, 50);
const part = options.part === 'validation' ? 'validation' : 'test';
const preset = options.preset as WorldPreset;
const base = { ...nextActionPreset('hstu-actions'), epochs: number('epochs', 1, 1000), threads: number('threads', 1, 64) };
const startMs = performance.now();

const data = nextActionData(await livedActions(preset, number('world-seed', 0, 2 ** 31 - 1)), base, 'time');
const cases = data.split[part];
const candidates = { lives: data.lives };
const { vocabulary } = data.source.sequences;
const domainOf = (index: number) => vocabulary.domains[vocabulary.domainOfAction[data.targets.actions[cases.historyEnds[index]!]!]!]!;
console.error(`lived and read in ${seconds()} s: ${data.trained.length} training targets, ${cases.targets.length} cases`);

const contentOnly = keepHistoryDomains(data.source, ['content']);
const ranks: Record<'all' | 'given' | 'content', Int32Array[]> = { all: [], given: [], content: [] };
for (let seed = 1; seed <= seeds; seed++) {
  const config = { ...base, seed };
  const all = await trainArm(data, data.source, config);
  ranks.all.push((await askArm(all, config, data.source, cases, candidates)).ranks);
  ranks.given.push((await askArm(all, config, contentOnly, cases, candidates)).ranks);
  await all.scorer.close();
  // As many steps for the one as for the other, rounded up to whole epochs for the one that has less to read.
  const epochs = Math.ceil((base.epochs * stepsOfEpoch(data, data.source, config)) / stepsOfEpoch(data, contentOnly, config));
  const content = await trainArm(data, contentOnly, { ...config, epochs });
  const asked = await askArm(content, config, contentOnly, cases, candidates);
  ranks.content.push(asked.ranks);
  await content.scorer.close();
  const [own, other] = [ranks.all, ranks.content].map((runs) => meanGains([runs.at(-1)!])) as [Float64Array, Float64Array];
  const test = testByUser(cases.users, own, other);
  console.error(
    `seed ${seed} of ${seeds}: NDCG@10 ${meanOf(own).toFixed(4)}, content only ${meanOf(other).toFixed(4)}, p ${test?.pValue.toExponential(1)}; ${seconds()} s (trainings ${all.seconds.toFixed(0)} and ${content.seconds.toFixed(0)} s)`,
  );
}
const rows: [string, Float64Array][] = [
  ['HSTU over all domains', meanGains(ranks.all)],
  ['the same, given content only', meanGains(ranks.given)],
  ['HSTU trained on content only', meanGains(ranks.content)],
];
if (options.peer) rows.push(['HSTU of `nisus train` (ids of targets)', await idOnlyGains()]);
for (const fit of [fitPopularity, fitMarkov]) {
  const ranker = await fit(data.split.train);
  rows.push([ranker.name, meanGains([(await evaluateAlive(askRanker(ranker, cases), cases, candidates, { bootstrap: null })).ranks])]);
}
const newest = { name: 'newest first', score: async (from: number, to: number) => newestScores(to - from) };
const newestResult = await evaluateAlive(newest, cases, candidates, { bootstrap: null });
rows.push([newest.name, meanGains([newestResult.ranks])]);

const domains = vocabulary.domains.filter((domain) => rows[0]![1].some((_, index) => domainOf(index) === domain));
const counts = domains.map((domain) => cases.targets.filter((_, index) => domainOf(index) === domain).length);
const short = (value: number) => value.toFixed(4).replace(/^(-?)0/, '$1');
console.log(
  formatTable([
    ['NDCG@10', `all (${cases.targets.length})`, ...domains.map((domain, at) => `${domain} (${counts[at]})`)],
    ...rows.map(([name, gains]) => [
      name,
      short(meanOf(gains)),
      ...domains.map((domain) => short(meanOf(gains, (index) => domainOf(index) === domain))),
    ]),
  ]),
);
const [all, , content] = rows.map(([, gains]) => gains) as [Float64Array, Float64Array, Float64Array];
const figures: Record<string, number | boolean> = {};
for (const [name, keep] of [
  ['', () => true],
  ...domains.map((domain) => [domain, (index: number) => domainOf(index) === domain] as const),
] as const) {
  const id = name === '' ? '' : `${name}.`;
  const test = testByUser(cases.users, all, content, keep);
  figures[`${id}allNdcg10`] = round(meanOf(all, keep));
  figures[`${id}contentNdcg10`] = round(meanOf(content, keep));
  figures[`${id}difference`] = round(meanOf(all, keep) - meanOf(content, keep));
  figures[`${id}pValue`] = test === null ? 1 : test.pValue;
  console.log(
    `${name === '' ? 'all targets' : `${name} targets`}: all less content ${short(figures[`${id}difference`] as number)}; by user ${test === null ? 'too few users' : `${short(test.difference)}, t ${test.t.toFixed(2)}, p ${test.pValue.toExponential(2)}, ${test.degreesOfFreedom + 1} users`}`,
  );
}
const perSeed = ranks.all.map((own, at) => meanOf(meanGains([own])) - meanOf(meanGains([ranks.content[at]!])));
console.log(`all less content, seed by seed: ${perSeed.map(short).join(', ')}`);
figures['seedsBetter'] = perSeed.filter((difference) => difference > 0).length;
rows.slice(1).forEach(([name, gains]) => (figures[`ndcg10.${name}`] = round(meanOf(gains))));
const machine = readMachine();
const { model } = base;
const protocol =
  `World ${preset}, seed ${options['world-seed']}, ${WORLD_PRESETS[preset].days} days, mixed policy. Targets: the next positive action's subject (${base.targets.join(', ')}; in a row on one subject once). ` +
  `${cases.split}; ${cases.targets.length} cases, ranked among all subjects that were there at the moment (from creation until a day after it was last shown or acted on), ${newestResult.protocol.candidates.kind === 'alive' ? newestResult.protocol.candidates.meanCount.toFixed(0) : ''} on average, seen ones too, ties pessimistic. ` +
  `Model: ${model.encoder.kind}, dimension ${model.dimension}, length ${model.encoder.maxLength}, ${model.encoder.blocks} block, id dropout ${model.idDropout}, sampled softmax, at most ${base.epochs} epochs, the one with less to read as many more as give it no fewer steps, best by validation. ` +
  `${seeds} seeds; gains of a case are means over seeds; p: paired t-test over users. ${machine.cpu}, Node ${machine.node}`;
console.log(`\n${protocol}\n${seconds()} s`);
const output = process.env['NISUS_GATE_OUTPUT'];
if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));

/** The sequence model of `nisus train` on the same targets as plain interactions. */
async function idOnlyGains(): Promise<Float64Array> {
  const { train } = data.split;
  const config = presetConfig('hstu-world', {
    users: train.userCount,
    items: train.itemCount,
    meanHistory: train.items.length / train.userCount,
    hasTimes: true,
    isGenerated: false,
    isWorld: true,
  });
  const folder = await mkdtemp(join(tmpdir(), 'nisus-bench-id-only-'));
  const { parameters } = await trainSequenceModel({
    train,
    validation: data.split.validation,
    config,
    folder,
    identity: {},
    resume: false,
    clock: benchClock,
  });
  await rm(folder, { recursive: true });
  const ranker = await neuralRanker(config.model, train.itemCount, () => parameters);
  try {
    return meanGains([(await evaluateAlive(askRanker(ranker, cases), cases, candidates, { bootstrap: null })).ranks]);
  } finally {
    await ranker.close();
  }
}

function newestScores(rowCount: number): Float32Array {
  const { fromMs } = data.lives;
  const order = Int32Array.from(fromMs.keys()).sort((a, b) => fromMs[a]! - fromMs[b]!);
  const row = new Float32Array(fromMs.length);
  order.forEach((subject, at) => {
    // Those that came to be in one moment are one place.
    const before = at === 0 ? -1 : order[at - 1]!;
    row[subject] = before >= 0 && fromMs[before] === fromMs[subject] ? row[before]! : at;
  });
  const scores = new Float32Array(rowCount * row.length);
  for (let at = 0; at < rowCount; at++) scores.set(row, at * row.length);
  // What is still to come is no candidate.
  return scores;
}

function round(value: number): number {
  return Number(value.toFixed(5));
}

function seconds(): string {
  return ((performance.now() - startMs) / 1000).toFixed(0);
}
