/**
 * A server that takes events into an embedded log, in a process of its own, as `bad-events.ts` starts it. Its model never
 * loads: events do not need one.
 *
 *     node bench/events/events-server.ts FOLDER
 */
import { createServer } from '../../src/app/server/create-server.ts';
import { isKnownUser } from '../../src/app/server/bad-events.fixture.ts';
import type { Logger } from '../../src/base/logger.ts';
import { createRandom } from '../../src/base/random.ts';
import { openEventLog } from '../../src/data/events/embedded/open-event-log.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Say in which folder the log is to lie.');
const say = (message: string, fields?: Record<string, unknown>) => console.error(message, fields?.['error'] ?? fields ?? '');
const logger: Logger = { debug() {}, info() {}, warn: say, error: say };
const log = await openEventLog(folder, {}, { logger });
const server = await createServer({
  service: new Promise(() => {}),
  events: { log, knownUsers: async (userIds) => userIds.map(isKnownUser) },
  clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
  logger,
  random: createRandom(1, 'request-id'),
});
process.stdout.write(`listening on ${server.url}\n`);
process.once('SIGTERM', () => void server.close().then(() => log.close()));
