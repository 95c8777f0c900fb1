/**
 * Rate of appends to the event log, acknowledged and on disk, beside a plain SQLite table in the same run.
 *
 *     node bench/log/main.ts [--events 3000000] [--peer-events 1000000] [--rounds 1] [--seed 1]
 *
 * Batches of 1,000 events; one process; sequential (each awaited before the next) and eight in flight. The gate's figure is the
 * sequential one: what a single sender sees. Contestants run one after the other, each in a process and a folder of its own.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { SUBJECTS, USERS } from './realistic-events.ts';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '3000000' },
    'peer-events': { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
const number = wholeNumbers(options);
const [events, peerEvents, rounds, seed] = [number('events'), number('peer-events'), number('rounds'), number('seed', 0)];

type Outcome = Readonly<Record<string, number>>;

const CONTESTANTS = [
  { title: 'nisus, one at a time', name: 'nisus', events, inFlight: 1 },
  { title: 'nisus, eight in flight', name: 'nisus', events, inFlight: 8 },
  { title: 'SQLite, a row an event', name: 'rows', events: peerEvents, inFlight: 1 },
] as const;

const folder = mkdtempSync(path.join(tmpdir(), 'nisus-bench-log-'));
const outcomes = new Map<string, Outcome[]>(CONTESTANTS.map(({ title }) => [title, []]));
try {
  for (let round = 0; round < rounds; round++) {
    for (const contestant of CONTESTANTS) outcomes.get(contestant.title)!.push(await compete(contestant));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report();

async function compete({ title, name, events: count, inFlight }: (typeof CONTESTANTS)[number]): Promise<Outcome> {
  const into = path.join(folder, 'contestant');
  await mkdir(into);
  const program = path.join(import.meta.dirname, 'contestant.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program, name, into, `${count}`, `${seed}`, `${inFlight}`]);
  rmSync(into, { recursive: true, force: true });
  const outcome = JSON.parse(stdout) as Outcome;
  console.log(`${title.padEnd(24)} ${JSON.stringify(outcome)}`);
  return outcome;
}

function report(): void {
  const machine = readMachine();
  const middle = (title: string) => {
    const sorted = outcomes.get(title)!.toSorted((a, b) => a['eventsPerSecond']! - b['eventsPerSecond']!);
    return sorted[Math.floor((sorted.length - 1) / 2)]!;
  };
  const [one, many, rows] = CONTESTANTS.map(({ title }) => middle(title)) as [Outcome, Outcome, Outcome];
  const round = (value: number, digits = 2) => Number(value.toFixed(digits));
  const figures = {
    events,
    eventsPerSecond: one['eventsPerSecond']!,
    slowestTenthEventsPerSecond: one['slowestTenthEventsPerSecond']!,
    eventsPerSecondInFlight: many['eventsPerSecond']!,
    rowsEventsPerSecond: rows['eventsPerSecond']!,
    timesRows: round(one['eventsPerSecond']! / rows['eventsPerSecond']!),
    p50Ms: round(one['p50Ms']!),
    p99Ms: round(one['p99Ms']!),
    maxMs: round(one['maxMs']!, 0),
    memoryMiB: one['memoryMiB']!,
    bytesPerEvent: one['bytesPerEvent']!,
    rowsBytesPerEvent: rows['bytesPerEvent']!,
    openMs: one['openMs']!,
    readEventsPerSecond: one['readEventsPerSecond']!,
    readUserP50Ms: round(one['readUserP50Ms']!),
    readUserP99Ms: round(one['readUserP99Ms']!),
    takenTwice: one['takenTwice']! + many['takenTwice']!,
  };
  const protocol =
    `${events.toLocaleString('en')} events in batches of 1,000, random UUIDs, ${USERS.toLocaleString('en')} users, ` +
    `${SUBJECTS.toLocaleString('en')} subjects, parsed from JSON, seed ${seed}; time from handing a batch over to its acknowledgement (on disk, flushed), one process, ` +
    `one batch at a time (and eight in flight); beside better-sqlite3, a row an event with unique id and index of users, WAL, synchronous=FULL, ` +
    `${peerEvents.toLocaleString('en')} of the same events; readUser: 50 latest of 2,000 users; ${rounds} round(s), median; ` +
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`;
  console.log(`\n${protocol}\n\n${JSON.stringify(figures)}`);
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
}
