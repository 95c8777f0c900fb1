/**
 * Bad events against a real server with a real log: every one is answered with a reason, every good one beside them is in
 * the log once, and the server stays up.
 *
 *     node bench/events/bad-events.ts [--events 120000] [--seed 1] [--in-flight 8]
 *
 * Ends with code 1 where anything was wrong. Works in a temporary folder, which it removes.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { badEventsMaker } from '../../src/app/server/bad-events.fixture.ts';
import { createBadEventsCheck } from '../../src/app/server/check-bad-events.fixture.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createRandom } from '../../src/base/random.ts';
import { openEventLog } from '../../src/data/events/embedded/open-event-log.ts';
import type { Event } from '../../src/data/events/event.ts';
import { readMachine } from '../gate/machine.ts';
import { startServerProcess } from '../serve/server-process.ts';
import { wholeNumbers } from '../whole-numbers.ts';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '120000' },
    seed: { type: 'string', default: '1' },
    'in-flight': { type: 'string', default: '8' },
  },
});
const bodyBytesMax = 1_048_576;
const number = wholeNumbers(options);
const [eventsAtLeast, inFlight] = [number('events'), number('in-flight')];

const folder = mkdtempSync(path.join(tmpdir(), 'nisus-bad-events-'));
try {
  const server = await startServerProcess([path.join(import.meta.dirname, 'events-server.ts'), folder]);
  const random = createRandom(options.seed, 'bad-events');
  // A huge text nearly fills a body.
  const maker = badEventsMaker(random, Date.now(), { hugeBytes: 700_000, bodyBytesMax });
  const check = createBadEventsCheck(server.url);
  const startMs = performance.now();
  await check.send(maker.plain(1));
  let rounds = 0;
  while (check.tally.goodEvents + check.tally.badEvents < eventsAtLeast) {
    maker.allAnswered();
    const bodies = Array.from({ length: inFlight }, () => (random.integer(4) === 0 ? maker.refused() : maker.batch(random.integer(400))));
    await Promise.all(bodies.map((body) => check.send(body)));
    if (++rounds % 20 === 0) console.log(`${check.tally.goodEvents + check.tally.badEvents} events in ${bodies.length * rounds} bodies`);
  }
  const seconds = (performance.now() - startMs) / 1000;
  const crashed = await fetch(`${server.url}/healthz`).then(
    ({ status }) => Number(status !== 200),
    () => 1,
  );
  const memoryMaxMiB = Math.round(server.memoryMaxMiB() ?? 0);
  await server.stop();
  report(check, await readAll(), { crashed, memoryMaxMiB, bodies: rounds * inFlight + 1, seconds });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function readAll(): Promise<Event[]> {
  const log = await openEventLog(folder, {}, { logger: silentLogger });
  const events: Event[] = [];
  for await (const batch of log.read(0)) events.push(...batch.events);
  await log.close();
  return events;
}

function report(
  check: ReturnType<typeof createBadEventsCheck>,
  events: readonly Event[],
  run: { readonly crashed: number; readonly memoryMaxMiB: number; readonly bodies: number; readonly seconds: number },
): void {
  const { problems, ...tally } = check.tally;
  const figures = { ...tally, ...check.compareLog(events), crashed: run.crashed, memoryMaxMiB: run.memoryMaxMiB, bodies: run.bodies };
  const machine = readMachine();
  const protocol =
    `a server process with an embedded event log; ${run.bodies} bodies of up to 400 events, ${inFlight} at once, seed ${options.seed}: half of the events ` +
    `of a batch good, the others of 27 kinds of bad, one batch in twenty with a text of 700 kB, one body in four no batch at all (14 kinds); ` +
    `each answer compared with what was expected, and the log read again after the server ended; ${Math.round(run.seconds)} s; ` +
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`;
  console.log(`\n${protocol}\n`);
  for (const problem of problems) console.log(`wrong: ${problem}`);
  console.log(JSON.stringify(figures));
  const output = process.env['NISUS_GATE_OUTPUT'];
  if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
  const { badUnexplained, goodRefused, serverErrors, strangersMiscounted, goodLost, goodTwice, notSent, changed, crashed } = figures;
  const wrong = badUnexplained + goodRefused + serverErrors + strangersMiscounted + goodLost + goodTwice + notSent + changed + crashed;
  if (wrong + problems.length > 0) process.exitCode = 1;
}
