/**
 * Time and memory of a point-in-time training set from history: thirty features for more than a million rows.
 *
 *     node bench/features/point-in-time.ts [--events 10000000] [--seed 1] [--memory 5000] [--checked 300000] [--keep FOLDER]
 *
 * The log is generated as Parquet, in the columns of a log's export (its making is not timed). The rows are the impressions
 * that led to a click of the same user on the same subject in the same request within half an hour, and as many drawn from
 * those that did not. The set is written in a process of its own, whose time from start to end and whose peak memory count.
 * Beside it: rows of a smaller log of the same kind, compared value by value with the streaming engine.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { readEventsFile } from '../../src/data/events/parquet/read-events-file.ts';
import type { EventBatch } from '../../src/data/events/event-log.ts';
import { DEFAULT_FEATURE_SETTINGS } from '../../src/data/features/feature-settings.ts';
import { openHistory } from '../../src/data/features/history/open-history.ts';
import { writeTrainingSet } from '../../src/data/features/history/write-training-set.ts';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { compareEngines } from './compare-engines.ts';
import { generateEvents } from './generate-events.ts';
import { thirtyFeatures } from './thirty-features.ts';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: '1' },
    memory: { type: 'string', default: '5000' },
    checked: { type: 'string', default: '300000' },
    keep: { type: 'string' },
    child: { type: 'string' },
  },
});
const number = wholeNumbers(options);
const [wanted, seed, memoryMiB, checked] = [number('events'), number('seed', 0), number('memory'), number('checked')];

/** What the child tells on its last line. */
interface Outcome {
  readonly rows: number;
  readonly columns: number;
  readonly memoryMaxMiB: number;
  readonly steps: readonly (readonly [string, number])[];
}

const IMPRESSIONS = { actions: ['impression'] as const };
const ROWS = {
  where: IMPRESSIONS,
  outcome: { actions: ['click'] as const, withinMs: 30 * 60_000, negativesPerPositive: 1, seed: 1 },
};

if (options.child === undefined) await measure();
else console.log(JSON.stringify(await write(options.child)));

async function write(folder: string): Promise<Outcome> {
  const steps: [string, number][] = [];
  const temporaryFolder = path.join(folder, 'spill');
  mkdirSync(temporaryFolder, { recursive: true });
  const history = await openHistory(
    { parquet: [path.join(folder, 'events.parquet')] },
    { settings: DEFAULT_FEATURE_SETTINGS, threads: 2, memoryLimitMiB: memoryMiB, temporaryFolder },
  );
  let lastMs = performance.now();
  let last = 'opening';
  const step = (name: string) => {
    steps.push([last, (performance.now() - lastMs) / 1000]);
    [last, lastMs] = [name, performance.now()];
  };
  const report = await writeTrainingSet(history, {
    rows: ROWS,
    views: thirtyFeatures,
    into: path.join(folder, 'set.parquet'),
    onStep: step,
  });
  step('');
  history.close();
  return { rows: report.rows, columns: report.columns.length, memoryMaxMiB: peakMiB(), steps };
}

async function measure(): Promise<void> {
  const folder = options.keep ?? mkdtempSync(path.join(tmpdir(), 'nisus-point-in-time-'));
  mkdirSync(folder, { recursive: true });
  try {
    const file = path.join(folder, 'events.parquet');
    if (!existsSync(file)) {
      console.log(`Making ${wanted.toLocaleString('en')} events …`);
      await generateEvents(file, { events: wanted, seed }, folder);
    }
    const bytes = statSync(file).size;
    const startMs = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, '--child', folder, '--memory', `${memoryMiB}`], {
      maxBuffer: 1 << 24,
    });
    const seconds = (performance.now() - startMs) / 1000;
    const outcome = JSON.parse(stdout.trim().split('\n').at(-1)!) as Outcome;
    for (const [name, took] of outcome.steps) console.log(`  ${name.padEnd(14)}${took.toFixed(1).padStart(7)} s`);
    const check = await checkSmaller(checked, folder);
    const features = thirtyFeatures.reduce((sum, view) => sum + Object.keys(view.features).length, 0);
    const machine = readMachine();
    const protocol =
      `${wanted.toLocaleString('en')} generated events (Parquet, ${Math.round(bytes / 2 ** 20)} MiB, 30 days, 200,000 users, 100,000 subjects, 2 % up to six hours late), ${features} features of ${thirtyFeatures.length} entities, ` +
      `${outcome.rows.toLocaleString('en')} rows: impressions with a click within half an hour and as many without; own process from start to end, DuckDB limit ${memoryMiB} MiB; ` +
      `checked against the streaming engine on ${check.events.toLocaleString('en')} events of the same kind: ${check.rows} rows, ${check.checkedValues.toLocaleString('en')} values; ` +
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`;
    const figures = {
      events: wanted,
      features,
      rows: outcome.rows,
      seconds: Math.round(seconds * 10) / 10,
      memoryMaxMiB: Math.round(outcome.memoryMaxMiB),
      checkedValues: check.checkedValues,
      unequalValues: check.unequalValues,
    };
    console.log(`\n${protocol}\n\n${JSON.stringify(figures)}`);
    const output = process.env['NISUS_GATE_OUTPUT'];
    if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
    process.exitCode = check.unequalValues === 0 ? 0 : 1;
  } finally {
    if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** The same generator, rows and features on a log that the streaming engine goes through as well. */
async function checkSmaller(events: number, folder: string) {
  const file = path.join(folder, 'checked.parquet');
  await generateEvents(file, { events, seed: seed + 1 }, folder);
  const batches: EventBatch[] = [];
  await readEventsFile(file, {}, async (batch) => void batches.push(batch));
  const temporaryFolder = path.join(folder, 'checked-spill');
  mkdirSync(temporaryFolder, { recursive: true });
  return compareEngines({ batches, views: thirtyFeatures, moments: 1, rows: { where: IMPRESSIONS, compared: 400 }, temporaryFolder });
}

function peakMiB(): number {
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return peak === null ? process.memoryUsage().rss / 2 ** 20 : Number(peak[1]) / 1024;
}
