import { openCatalog } from '../../data/catalog/embedded/open-catalog.ts';
import type { Event } from '../../data/events/event.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import { formatCount } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';
import { checkVersion, historyPolicy, worldOf } from './build-world.ts';
import { loadWorldCatalog, upsertSubjects } from './catalog-of-world.ts';
import { eventsOfLife } from './events-of-life.ts';
import { createHttpPolicy } from './http-policy.ts';
import { sendEvents } from './http-event-sink.ts';
import { WorldMissingError } from './world-errors.ts';
import { findWorldRecord } from './world-record.ts';
import { worldServer } from './world-server.ts';

/** How a world lives. */
export interface LiveWorldOptions {
  /** Of the server, for example `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Waits; ends early when the signal fires. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Ends after so many ticks. @default never */
  readonly ticksMax?: number;
}

/**
 * Lets a platform's world go on against a running server, in step with the clock, until the signal fires: its users see
 * what the server answers, what they do goes to the server's events, new and retired subjects to the catalog.
 *
 * The world has no file of its own: up to now it is lived through again from its seed, with the policy of its history and
 * nobody watching (a second or two a day), so it stands where the log's history ended. Time in which no server ran was
 * lived through in the same way.
 *
 * @throws {WorldMissingError}, {WorldVersionError}, `WorldServerError`
 */
export async function liveWorld(place: PlatformFolder, options: LiveWorldOptions, context: WorkContext): Promise<void> {
  const { clock, signal, progress } = context;
  const record = await findWorldRecord(place.folder);
  if (record?.state !== 'ready') throw new WorldMissingError(place.folder);
  checkVersion(place.folder, record);
  const world = worldOf(record);
  const { tickMs } = world.settings;
  const wholeTick = () => Math.floor(clock.nowMs() / tickMs) * tickMs;
  const catalog = await openCatalog({ file: place.catalog, clock });
  try {
    progress.begin('catching up', wholeTick() - record.startMs);
    const policy = historyPolicy(world);
    while (world.timeMs() < wholeTick() && !signal.aborted) {
      const isHistory = world.timeMs() < record.historyEndMs;
      await world.run({
        policy,
        untilMs: Math.min(isHistory ? record.historyEndMs : wholeTick(), world.timeMs() + DAY_MS),
        onSubjects: (subjects) => (isHistory ? undefined : upsertSubjects(catalog, subjects)),
        signal,
      });
      progress.update(world.timeMs() - record.startMs, new Date(world.timeMs()).toISOString().slice(0, 16));
    }
    progress.end();
    await loadWorldCatalog(catalog, world);
    await liveOn();
  } finally {
    progress.end();
    await catalog.close();
  }

  async function liveOn(): Promise<void> {
    const server = worldServer(options.url, { signal, wait: (ms) => options.wait(ms, signal) });
    await server.ready();
    const policy = createHttpPolicy({ server, elsewhere: historyPolicy(world) });
    const beginMs = world.timeMs();
    context.say(`World: living against ${options.url} from ${new Date(beginMs).toISOString()} on`);
    for (let tick = 0; tick < (options.ticksMax ?? Infinity) && !signal.aborted; tick++) {
      await options.wait(Math.max(0, world.timeMs() + tickMs - clock.nowMs()), signal);
      if (signal.aborted) return;
      const events: Event[] = [];
      const report = await world.run({
        policy,
        // A clock that was set back stops the world, it does not end it.
        untilMs: Math.max(world.timeMs(), wholeTick()),
        onEvents: (batch) => void events.push(...batch),
        onSubjects: (subjects) => upsertSubjects(catalog, subjects),
        signal,
      });
      const { accepted } = await sendEvents(server, eventsOfLife(events, beginMs));
      context.say(
        `World: ${new Date(world.timeMs()).toISOString().slice(11, 16)}  ${formatCount(report.visits)} visits, ${formatCount(report.pages)} pages, ${formatCount(accepted)} events, ${formatCount(report.trades)} trades`,
      );
    }
  }
}

const DAY_MS = 86_400_000;
