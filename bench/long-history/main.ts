/**
 * SIM over histories of up to 10,000 actions against the same model whose search reaches back 200, in a world whose users have
 * interests that go to sleep and come back.
 *
 *     node bench/long-history/main.ts [--users 120] [--days 130] [--seeds 3] [--epochs 2] [--train-days 20] [--window 200]
 *         [--found 30] [--dimension 32] [--rate 0.003] [--rounds 30]
 *
 * The truth of the world chooses whose pages are judged; no model sees it.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pairedTTest } from '../../src/learn/evaluation/binary/paired-t-test.ts';
import { truthOf } from '../../src/world/index.ts';
import { readMachine } from '../gate/machine.ts';
import { decimalNumbers } from '../decimal-numbers.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { clickData } from './click-data.ts';
import { compareClicks, judgedUsers, type ClickDifference } from './judge-clicks.ts';
import { liveLong } from './long-history-world.ts';
import { timeServing } from './serving-cost.ts';
import { clickConfig, trainClicks, untrained, type ClickOutcome, type ClickSettings } from './train-clicks.ts';

const { values: options } = parseArgs({
  options: {
    users: { type: 'string', default: '120' },
    days: { type: 'string', default: '130' },
    seeds: { type: 'string', default: '3' },
    epochs: { type: 'string', default: '2' },
    'train-days': { type: 'string', default: '20' },
    window: { type: 'string', default: '200' },
    found: { type: 'string', default: '30' },
    dimension: { type: 'string', default: '32' },
    rate: { type: 'string', default: '0.003' },
    rounds: { type: 'string', default: '30' },
  },
});
const [FAR, NEAR, WORLD_SEED] = [10_000, 200, 1];
const number = wholeNumbers(options);
const [users, days, trainDays, rounds, seeds] = [number('users'), number('days'), number('train-days'), number('rounds'), number('seeds')];
const settings: Omit<ClickSettings, 'seed'> = {
  dimension: number('dimension'),
  window: number('window'),
  found: number('found'),
  epochs: number('epochs'),
  rate: decimalNumbers(options)('rate'),
};

const startMs = performance.now();
const lived = await liveLong({ users, days, seed: WORLD_SEED });
const { world, data } = lived;
const clicks = clickData(lived, { train: trainDays, validation: 3, test: 7 });
const { offsets } = data.sequences;
const longest = Math.max(...Array.from({ length: data.sequences.userCount }, (_, user) => offsets[user + 1]! - offsets[user]!));
const truth = truthOf(world);
const returns = data.users.ids.map((id) => truth.user(id).recurringTopic !== null);
console.log(
  `world of ${options.users} users, ${options.days} days: ${data.counts.events} events in ${((performance.now() - startMs) / 1000).toFixed(0)} s, ` +
    `longest history ${longest}; ${clicks.train.length} / ${clicks.validation.length} / ${clicks.test.length} pages to train, validate, test\n`,
);

const far: ClickOutcome[] = [];
const near: ClickOutcome[] = [];
for (let seed = 1; seed <= seeds; seed++) {
  const settings = settingsOf(seed);
  far.push(await trainClicks(clicks, settings, FAR));
  near.push(await trainClicks(clicks, settings, NEAR));
  console.log(
    `seed ${seed}  validation AUC, reach ${FAR}: ${far.at(-1)!.validationAuc.toFixed(4)}, reach ${NEAR}: ${near.at(-1)!.validationAuc.toFixed(4)}`,
  );
}

// Where no more than 200 actions are visible the two models are fed the same.
const judged = judgedUsers(clicks, (user, list) => returns[user]! && clicks.source.pages.visible[list]! > NEAR);
const labels = clicks.labels['click']!;
const scoresOf = (outcomes: readonly ClickOutcome[]) => outcomes.map(({ probabilities }) => probabilities);
const differences = compareClicks(judged, labels, scoresOf(far), scoresOf(near));
const others = compareClicks(
  judgedUsers(clicks, (user, list) => !returns[user]! && clicks.source.pages.visible[list]! > NEAR),
  labels,
  scoresOf(far),
  scoresOf(near),
);
const perSeed = far.map((outcome, seed) => compareClicks(judged, labels, [outcome.probabilities], [near[seed]!.probabilities], 1)[0]!);
const overSeeds =
  seeds > 1
    ? pairedTTest(
        perSeed.map((one) => one.far),
        perSeed.map((one) => one.near),
      )
    : null;

const windowConfig = clickConfig(settingsOf(1), null);
const times = await timeServing(
  clicks.source,
  clicks.vocabulary,
  [
    { name: 'far', ...far[0]! },
    { name: 'near', ...near[0]! },
    { name: 'window', config: windowConfig, parameters: untrained(windowConfig, clicks.vocabulary) },
  ],
  { candidates: 500, history: Math.min(FAR, longest), rounds },
);
report();

function settingsOf(seed: number): ClickSettings {
  return { ...settings, seed };
}

function report(): void {
  const machine = readMachine();
  const places = judged.reduce((sum, own) => sum + own.places.length, 0);
  const protocol =
    `world of ${options.users} users over ${options.days} days (seed ${WORLD_SEED}, mixed policy), longest history ${longest} actions; clicks of the last 7 days ` +
    `of ${judged.length} users with a recurring topic, pages with more than ${NEAR} actions before them, ${places} places; SIM with hard search (first tag, author, ` +
    `mention), K ${options.found}, over DIN of the latest ${options.window} actions at most, dim ${options.dimension}, trained on ${options['train-days']} days, ` +
    `${options.epochs} epochs, ${seeds} seeds; reach ${FAR} against ${NEAR}; intervals: 500 paired resamples of users. Serving: 500 candidates for the longest history, ` +
    `features to probabilities, index cached, 2 threads, median of ${options.rounds}, in turns; ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`;
  console.log(`\n${protocol}\n`);
  tell('users with a recurring topic', differences);
  tell('other users', others);
  if (overSeeds !== null) console.log(`AUC over seeds: ${overSeeds.difference.toFixed(4)}, p ${overSeeds.pValue.toFixed(4)}`);
  for (const [name, ms] of Object.entries(times)) console.log(`serving, ${name.padEnd(7)} ${ms.toFixed(2)} ms`);
  const of = (metric: ClickDifference['metric']) => differences.find((one) => one.metric === metric)!;
  const figures = {
    aucFar: round(of('AUC').far),
    aucNear: round(of('AUC').near),
    aucDifference: round(of('AUC').difference),
    aucDifferenceLow: round(of('AUC').interval[0]),
    pOverSeeds: overSeeds === null ? 1 : round(overSeeds.pValue),
    gaucDifference: round(of('GAUC').difference),
    gaucDifferenceLow: round(of('GAUC').interval[0]),
    ndcgDifference: round(of('NDCG').difference),
    ndcgDifferenceLow: round(of('NDCG').interval[0]),
    othersAucDifference: round(others[0]!.difference),
    longestHistory: longest,
    servingRatio: round(times['far']! / times['near']!),
    servingRatioToWindowAlone: round(times['far']! / times['window']!),
  };
  console.log(`\n${JSON.stringify(figures)}`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
}

function tell(who: string, found: readonly ClickDifference[]): void {
  for (const { metric, far: one, near: other, difference, interval } of found) {
    const [low, high] = interval.map((end) => end.toFixed(4));
    console.log(
      `${who.padEnd(30)}${metric.padEnd(6)} far ${one.toFixed(4)}  near ${other.toFixed(4)}  ${difference.toFixed(4)} [${low}, ${high}]`,
    );
  }
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
