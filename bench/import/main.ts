/**
 * Rate and memory of the import, on generated rows, beside DuckDB on the same file in the same run.
 *
 *     npm run bench:import -- [--rows 10000000] [--users 200000] [--items 100000] [--bad-every 0] [--rounds 1] [--seed 1] [--gzip]
 *
 * The file is made anew in a temporary folder (about 230 MB for ten million rows) and removed with everything else.
 * Every contestant runs in a process of its own; its time counts from the start of that process to its end.
 */
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs, promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { writeInteractions } from './write-interactions.ts';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    users: { type: 'string', default: '200000' },
    items: { type: 'string', default: '100000' },
    'bad-every': { type: 'string', default: '0' },
    rounds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    gzip: { type: 'boolean', default: false },
  },
});
const number = wholeNumbers(options);

interface Outcome {
  readonly rows: number;
  readonly memoryMaxMiB: number;
  readonly seconds: number;
}

const NAMES = ['nisus', 'duckdb-load', 'duckdb-same-work'] as const;
const EXPLANATIONS: Readonly<Record<(typeof NAMES)[number], string>> = {
  nisus: 'importInteractions: every row checked, lines kept, ids, duplicates, sorted, written and flushed',
  'duckdb-load': 'DuckDB CREATE TABLE AS SELECT * FROM read_csv: loads, nothing else',
  'duckdb-same-work': 'DuckDB: the same ids, duplicates out, sorted, in SQL; no lines, no rejects',
};

const rows = number('rows', 1);
const rounds = number('rounds', 1);
const folder = mkdtempSync(path.join(tmpdir(), 'nisus-bench-import-'));
const remove = () => rmSync(folder, { recursive: true, force: true });
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    remove();
    process.exit(1);
  });
}
try {
  const file = await makeFile();
  const outcomes = new Map<string, Outcome[]>(NAMES.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    await readFile(file); // Every contestant finds the file in the system's cache.
    // Each round begins with another, so that no contestant always runs on a warm or a tired machine.
    const turn = NAMES.map((_, index) => NAMES[(index + round) % NAMES.length]!);
    for (const name of turn) outcomes.get(name)!.push(await compete(name, file, round));
  }
  report(file, outcomes);
} finally {
  remove();
}

async function makeFile(): Promise<string> {
  const plain = path.join(folder, 'interactions.csv');
  const sizes = { rows, users: number('users', 1), items: number('items', 1) };
  console.log(`Making ${rows.toLocaleString('en')} rows…`);
  await writeInteractions(plain, { ...sizes, seed: number('seed', 0), badEvery: number('bad-every', 0) });
  if (!options.gzip) return plain;
  await pipeline(createReadStream(plain), createGzip({ level: 6 }), createWriteStream(`${plain}.gz`));
  rmSync(plain);
  return `${plain}.gz`;
}

async function compete(name: string, file: string, round: number): Promise<Outcome> {
  const into = path.join(folder, `${name}-${round}`);
  await mkdir(into);
  const startMs = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'contestants.ts'), name, file, into]);
  const seconds = (performance.now() - startMs) / 1000;
  rmSync(into, { recursive: true, force: true });
  return { ...(JSON.parse(stdout) as Omit<Outcome, 'seconds'>), seconds };
}

function report(file: string, outcomes: ReadonlyMap<string, readonly Outcome[]>): void {
  const machine = readMachine();
  const size = Math.round(statSync(file).size / 2 ** 20);
  const median = new Map(NAMES.map((name) => [name, middle(outcomes.get(name)!)]));
  const ours = median.get('nisus')!;
  const protocol =
    `${rows.toLocaleString('en')} generated rows (${options.gzip ? 'gzip, ' : ''}${size} MiB, times in no order, ` +
    `${options.users} users, ${options.items} items, a bad row every ${options['bad-every']} (0: none), seed ${options.seed}); ` +
    `each contestant in its own process, start to end, warm file cache, 2 threads, ${rounds} round(s), median; ` +
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`;
  console.log(`\n${protocol}\n`);
  for (const name of NAMES) {
    const { seconds, memoryMaxMiB } = median.get(name)!;
    const rate = Math.round(rows / seconds)
      .toLocaleString('en')
      .padStart(12);
    const ratio = (ours.seconds / seconds).toFixed(2);
    console.log(
      `${name.padEnd(18)}${rate} rows/s ${seconds.toFixed(2).padStart(7)} s ${memoryMaxMiB.toFixed(0).padStart(6)} MiB peak` +
        `   nisus takes ${ratio} × its time   ${EXPLANATIONS[name]}`,
    );
  }
  const memoryMaxMiB = Math.max(...outcomes.get('nisus')!.map((outcome) => outcome.memoryMaxMiB));
  const figures = {
    rows: ours.rows,
    rowsPerSecond: Math.round(ours.rows / ours.seconds),
    memoryMaxMiB: Math.round(memoryMaxMiB),
    timeRatioToDuckdbLoad: round2(ours.seconds / median.get('duckdb-load')!.seconds),
    timeRatioToDuckdbSameWork: round2(ours.seconds / median.get('duckdb-same-work')!.seconds),
  };
  console.log(`\n${JSON.stringify(figures)}`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
}

function middle(outcomes: readonly Outcome[]): Outcome {
  return outcomes.toSorted((a, b) => a.seconds - b.seconds)[Math.floor((outcomes.length - 1) / 2)]!;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
