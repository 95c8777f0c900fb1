/**
 * What content is worth for things that nobody has acted on: a next-action model, trained before they came to be, asked about
 * targets that are all new, with the vectors that it makes of their content and with others in their place.
 *
 *     node bench/cold-items/main.ts [--preset demo] [--world-seed 7] [--seeds 1] [--epochs 4] [--part test] [--threads 2]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nextActionData } from '../../src/app/next-action/next-action-data.ts';
import { nextActionPreset } from '../../src/app/next-action/next-action-presets.ts';
import { formatTable } from '../../src/app/words/table.ts';
import { createRandom } from '../../src/base/random.ts';
import { askRanker, evaluateAlive, type AliveCandidates } from '../../src/learn/evaluation/next-action/evaluate-alive.ts';
import { fitPopularity } from '../../src/learn/models/baselines/popularity.ts';
import type { WorldPreset } from '../../src/world/world-settings.ts';
import { livedActions } from '../ranking/ranking-world.ts';
import { meanGains, meanOf } from '../cross-domain/paired-by-user.ts';
import { askArm, someCases, trainArm } from '../cross-domain/train-arm.ts';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';

const { values: options } = parseArgs({
  options: {
    preset: { type: 'string', default: 'demo' },
    'world-seed': { type: 'string', default: '7' },
    seeds: { type: 'string', default: '1' },
    epochs: { type: 'string', default: '4' },
    part: { type: 'string', default: 'test' },
    threads: { type: 'string', default: '2' },
  },
});
const number = wholeNumbers(options);
const seeds = number('seeds', 1, 50);
const base = { ...nextActionPreset('hstu-actions'), epochs: number('epochs', 1, 1000), threads: number('threads', 1, 64) };
const startMs = performance.now();

const data = nextActionData(await livedActions(options.preset as WorldPreset, number('world-seed', 0, 2 ** 31 - 1)), base, 'time');
const part = options.part === 'validation' ? data.split.validation : data.split.test;
const cutMs = data.split.validation.requestTimesMs!.reduce((least, timeMs) => Math.min(least, timeMs), Infinity);
const { lives } = data;
/** First seen after the training cut: nobody can have acted on them before. */
const cold = Uint8Array.from(lives.fromMs, (fromMs) => (fromMs >= cutMs ? 1 : 0));
const cases = someCases(part, `${part.split}, targets first seen after the training cut`, (index) => cold[part.targets[index]!] === 1);
const amongs: readonly [string, AliveCandidates][] = [
  ['cold', { lives, among: { name: 'those first seen after the training cut', marks: cold } }],
  ['all', { lives }],
];
const { dimension } = base.model;
const names = [
  'vectors of content',
  'content, and age unknown',
  'random, their age kept',
  'age alone',
  'random vectors',
  'popularity',
] as const;
const ranks = new Map<string, Int32Array[]>(
  amongs.flatMap(([among]) => names.map((name) => [`${among} ${name}`, []] as [string, Int32Array[]])),
);
const competing: Record<string, number> = {};
const popularity = await fitPopularity(data.split.train);
for (let seed = 1; seed <= seeds; seed++) {
  const config = { ...base, seed };
  const arm = await trainArm(data, data.source, config);
  const own = await arm.scorer.vectors(data.source.subjects);
  const width = own.length / cold.length;
  const tables: Record<(typeof names)[number], Float32Array | null> = {
    'vectors of content': own,
    'content, and age unknown': replaced(own, width, seed, 'kept', 'none'),
    'random, their age kept': replaced(own, width, seed, 'random', 'kept'),
    'age alone': replaced(own, width, seed, 'none', 'kept'),
    'random vectors': replaced(own, width, seed, 'random', 'random'),
    popularity: null,
  };
  for (const [among, candidates] of amongs) {
    for (const name of names) {
      const table = tables[name];
      const result =
        table === null
          ? await evaluateAlive(askRanker(popularity, cases), cases, candidates, { bootstrap: null })
          : await askArm(arm, config, data.source, cases, candidates, table);
      ranks.get(`${among} ${name}`)!.push(result.ranks);
      if (result.protocol.candidates.kind === 'alive') competing[among] = result.protocol.candidates.meanCount;
    }
  }
  await arm.scorer.close();
  console.error(`seed ${seed} of ${seeds}: ${seconds()} s`);
}
const value = (among: string, name: string) => meanOf(meanGains(ranks.get(`${among} ${name}`)!));
const short = (figure: number) => figure.toFixed(4).replace(/^0/, '');
console.log(
  formatTable([
    ['NDCG@10', ...amongs.map(([among]) => `among ${among} (${competing[among]!.toFixed(0)})`)],
    ...names.map((name) => [name, ...amongs.map(([among]) => short(value(among, name)))]),
  ]),
);
const figures: Record<string, number> = {};
for (const [among] of amongs) {
  for (const name of names) figures[`${among}.${name}`] = Number(value(among, name).toFixed(5));
  figures[`${among}.ratio`] = ratio(among, 'vectors of content', 'random vectors');
  figures[`${among}.ratioAtEqualAge`] = ratio(among, 'vectors of content', 'random, their age kept');
  figures[`${among}.ratioWithoutAge`] = ratio(among, 'content, and age unknown', 'random vectors');
  console.log(
    `among ${among}: content ÷ random ${figures[`${among}.ratio`]!.toFixed(1)}, age known to both ${figures[`${among}.ratioAtEqualAge`]!.toFixed(1)}, to neither ${figures[`${among}.ratioWithoutAge`]!.toFixed(1)}`,
  );
}
const machine = readMachine();
const protocol =
  `World ${options.preset}, seed ${options['world-seed']}, mixed policy; ${cases.split}: ${cases.targets.length} cases, ${cold.reduce((a, b) => a + b, 0)} such subjects. Candidates: all subjects that were there at the moment, and of those the new ones alone. ` +
  `Model of bench/cross-domain over all domains, at most ${base.epochs} epochs, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}. In place of a new subject's vector: normal draws of the mean length of such vectors, content and age each by itself; histories are left as they are. ${machine.cpu}, Node ${machine.node}`;
console.log(`\n${protocol}\n${seconds()} s`);
const output = process.env['NISUS_GATE_OUTPUT'];
if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));

type Part = 'kept' | 'random' | 'none';

/** Vectors with other parts in place of those of new subjects: the model's own numbers first, then the waves of age. */
function replaced(own: Float32Array, width: number, seed: number, content: Part, age: Part): Float32Array {
  const table = own.slice();
  const random = createRandom(seed, 'random vectors');
  for (const [from, to, what] of [
    [0, dimension, content],
    [dimension, width, age],
  ] as const) {
    if (what === 'kept') continue;
    const scale = deviation(own, width, from, to);
    for (let subject = 0; subject < cold.length; subject++) {
      if (cold[subject] !== 1) continue;
      for (let at = from; at < to; at++) table[subject * width + at] = what === 'none' ? 0 : scale * random.normal();
    }
  }
  return table;
}

/** Root of the mean square of the numbers that new subjects have there. */
function deviation(own: Float32Array, width: number, from: number, to: number): number {
  let [sum, count] = [0, 0];
  for (let subject = 0; subject < cold.length; subject++) {
    if (cold[subject] !== 1) continue;
    for (let at = from; at < to; at++) sum += own[subject * width + at]! ** 2;
    count += to - from;
  }
  return Math.sqrt(sum / count);
}

function ratio(among: string, first: string, second: string): number {
  return Number((value(among, first) / Math.max(1e-6, value(among, second))).toFixed(2));
}

function seconds(): string {
  return ((performance.now() - startMs) / 1000).toFixed(0);
}
