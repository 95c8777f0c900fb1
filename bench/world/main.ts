/**
 * How fast a seeded world makes events, and whether it makes the same ones on two versions of Node.js.
 *
 *     npm run -s run-file -- bench/world/main.ts [--preset demo] [--days 14] [--seed 1] [--rounds 1] [--other 22]
 *
 * Each run is a process of its own, in process with the default logging policy (whose work counts: it is part of making
 * a history). The digest is taken as events come and its time is not counted. The other Node.js comes from npm.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { RUNTIMES } from '../../scripts/bootstrap/runtime.mjs';
import { createWorld } from '../../src/world/create-world.ts';
import { createMixedPolicy } from '../../src/world/policies/mixed-policy.ts';
import { createEventDigest } from '../../src/world/stream/digest-events.ts';
import { createWorldSummariser, summaryLines } from '../../src/world/summarise-world.ts';
import { WORLD_PRESETS, type WorldPreset } from '../../src/world/world-settings.ts';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';

const { values: options } = parseArgs({
  options: {
    preset: { type: 'string', default: 'demo' },
    days: { type: 'string', default: '14' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '1' },
    other: { type: 'string', default: '22' },
    child: { type: 'boolean', default: false },
    summary: { type: 'boolean', default: false },
  },
});
const DAY_MS = 86_400_000;
const number = wholeNumbers(options);
const preset = options.preset as WorldPreset;
if (!Object.hasOwn(WORLD_PRESETS, preset))
  throw new Error(`--preset is ${preset}, expected one of ${Object.keys(WORLD_PRESETS).join(', ')}`);
const days = number('days');

interface Outcome {
  readonly node: string;
  readonly events: number;
  readonly seconds: number;
  readonly createSeconds: number;
  readonly memoryMaxMiB: number;
  readonly digest: string;
  readonly summary: readonly string[];
}

if (options.child) console.log(JSON.stringify(await make()));
else await measure();

async function make(): Promise<Outcome> {
  const beginMs = performance.now();
  const world = createWorld({ preset, seed: number('seed') });
  const startMs = performance.now();
  const digest = createEventDigest();
  const summariser = createWorldSummariser(world.settings.users);
  let asideMs = 0;
  const { events } = await world.run({
    policy: createMixedPolicy(world, number('seed')),
    untilMs: world.settings.startMs + days * DAY_MS,
    batchEventsMin: 1_000,
    onEvents(batch) {
      const fromMs = performance.now();
      digest.add(batch);
      if (options.summary) summariser.add(batch);
      asideMs += performance.now() - fromMs;
    },
  });
  return {
    node: process.version,
    events,
    seconds: (performance.now() - startMs - asideMs) / 1_000,
    createSeconds: (startMs - beginMs) / 1_000,
    memoryMaxMiB: process.resourceUsage().maxRSS / 1_024,
    digest: digest.value(),
    summary: options.summary ? summaryLines(summariser.summary()) : [],
  };
}

async function measure(): Promise<void> {
  const file = import.meta.filename;
  const asked = ['--child', '--preset', preset, '--days', String(days), '--seed', String(number('seed'))];
  const outcomes: Outcome[] = [];
  for (let round = 0; round < number('rounds'); round++) outcomes.push(await outcomeOf(process.execPath, [file, ...asked]));
  const described = await outcomeOf(process.execPath, [file, ...asked, '--summary']);
  console.log(`${described.summary.join('\n')}\n`);

  const platform = `${process.platform}-${process.arch}`;
  const runtime = RUNTIMES[platform];
  if (runtime === undefined) throw new Error(`npm holds no Node.js for ${platform}: the digests cannot be compared`);
  const spec = `${runtime.name}@${number('other')}`;
  // From elsewhere: in the project's folder npx may find a Node.js that is installed there.
  const npx = ['--yes', `--package=${spec}`, '--', 'node', '--disable-warning=ExperimentalWarning', file, ...asked];
  const other = await outcomeOf('npx', npx, tmpdir());
  if (other.node.split('.')[0] !== `v${number('other')}`) throw new Error(`${spec} ran as ${other.node}`);

  const ours = outcomes.toSorted((a, b) => a.seconds - b.seconds)[Math.floor((outcomes.length - 1) / 2)]!;
  const all = [...outcomes, described, other];
  const figures = {
    events: ours.events,
    eventsPerSecond: Math.round(ours.events / ours.seconds),
    digestsEqual: all.every(({ digest }) => digest === ours.digest),
    memoryMaxMiB: Math.round(ours.memoryMaxMiB),
    createSeconds: Math.round(ours.createSeconds * 1_000) / 1_000,
  };
  const machine = readMachine();
  const protocol =
    `world \`${preset}\`, ${days} days, seed ${options.seed}, default logging policy in process, one process, time of the digest not counted, ` +
    `${outcomes.length} round(s), median; digest ${ours.digest.slice(0, 16)}… on ${[...new Set(all.map(({ node }) => node))].join(' and ')}; ` +
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB`;
  for (const { node, events, seconds, digest } of all) {
    console.log(
      `${node.padEnd(10)} ${events} events in ${seconds.toFixed(2)} s: ${Math.round(events / seconds)} events/s, digest ${digest}`,
    );
  }
  console.log(`\n${protocol}\n${JSON.stringify(figures)}`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
}

async function outcomeOf(program: string, args: readonly string[], cwd = path.join(import.meta.dirname, '../..')): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(program, [...args], { cwd, maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as Outcome;
}
