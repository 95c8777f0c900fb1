import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { silentLogger } from '../../base/logger.ts';
import { createRandom } from '../../base/random.ts';
import { platformTasks } from '../../data/actions/platform-tasks.ts';
import { upsertOf } from '../../data/catalog/catalog-records.fixture.ts';
import { openCatalog } from '../../data/catalog/embedded/open-catalog.ts';
import { openEventLog } from '../../data/events/embedded/open-event-log.ts';
import { NO_CONTEXT, type Event, type EventSubject } from '../../data/events/event.ts';
import { someEvent } from '../../data/events/some-event.fixture.ts';
import type { RankerConfig } from '../../learn/models/ranking/ranker-config.ts';
import { rankerTrainingConfigSchema } from '../../learn/training/ranking/ranker-training-config.ts';
import { platformFolder } from '../platform/platform-folder.ts';
import { silentProgress } from '../progress.ts';
import { systemClock } from '../system-clock.ts';
import type { WorkContext } from '../work-context.ts';
import type { RankingPlan } from './plan-ranking-run.ts';

const HOUR_MS = 3_600_000;
const BEGIN_MS = Date.UTC(2026, 2, 1);
/** How long the platform lives. The last fifth are the test, the one before it validation. */
const LIFE_MS = 200 * HOUR_MS;

const TAGS = ['defi', 'gas', 'spot', 'news'];
const SUBJECTS = 48;

/** Posts, features and instruments; every eighth has no tag, later ones come to be later. */
function subjectOf(at: number): EventSubject {
  const kind = (['content', 'content', 'feature', 'instrument'] as const)[Math.floor(at / TAGS.length) % 4]!;
  const tags = at % 8 === 7 ? [] : [TAGS[at % TAGS.length]!, 'all'];
  return { kind, id: `s${at}`, authorId: kind === 'content' ? `a${at % 5}` : null, tags, instruments: kind === 'content' ? ['s12'] : [] };
}

/** Users with a liking for one tag, who mostly click what bears it; a quarter of them come late, a quarter come seldom. */
function lifeOf(random: ReturnType<typeof createRandom>, user: number): Partial<Event>[] {
  const events: Partial<Event>[] = [];
  const fromMs = user % 4 === 3 ? 0.7 * LIFE_MS : 0;
  const pages = user % 4 === 1 ? 6 : 34;
  const times = Array.from({ length: pages }, () => fromMs + random.next() * (LIFE_MS - fromMs)).sort((a, b) => a - b);
  times.forEach((time, page) => {
    const timeMs = BEGIN_MS + Math.floor(time);
    const surface = random.next() < 0.3 ? 'search' : 'feed';
    const context = { ...NO_CONTEXT, requestId: `u${user}-${page}`, surface, propensity: 0.25 };
    const facts = { value: null, quantity: null, query: null, subject: null } as const;
    if (surface === 'search') events.push({ ...facts, action: 'query', query: TAGS[user % 4]!, timeMs, context });
    const there = Math.max(8, Math.ceil((SUBJECTS * time) / LIFE_MS));
    const shown = new Set(Array.from({ length: 5 }, () => random.integer(there)));
    [...shown].forEach((at, position) => {
      const about = { ...facts, subject: subjectOf(at), context: { ...context, position } };
      events.push({ ...about, action: 'impression', timeMs: timeMs + position });
      const isLiked = at % 4 === user % 4;
      if (random.next() < (isLiked ? 0.8 : 0.15)) events.push({ ...about, action: 'click', timeMs: timeMs + 100 + position });
      if (isLiked && random.next() < 0.3) events.push({ ...about, action: 'like', timeMs: timeMs + 200 + position });
    });
  });
  return events.map((event) => ({ ...event, userId: `u${user}` }));
}

/** Writes log and catalog of a platform of 48 users into a new folder. @returns the folder */
export async function writeSmallPlatform(): Promise<string> {
  const place = platformFolder(mkdtempSync(path.join(os.tmpdir(), 'nisus-small-platform-')));
  const random = createRandom(1, 'small platform');
  const events = Array.from({ length: 48 }, (_, user) => lifeOf(random, user))
    .flat()
    .sort((a, b) => a.timeMs! - b.timeMs!)
    .map((event, at) => someEvent(`e${at}`, event));
  const log = await openEventLog(place.log, { owner: 'the test' }, { logger: silentLogger });
  for (let at = 0; at < events.length; at += 1000) await log.append(events.slice(at, at + 1000));
  await log.close();
  const catalog = await openCatalog({ file: place.catalog, clock: systemClock });
  await catalog.upsert(Array.from({ length: 48 }, (_, user) => upsertOf.user(`u${user}`, { jurisdiction: ['DE', 'HK', 'SG'][user % 3]! })));
  await catalog.close();
  return place.folder;
}

/** Work that is told to nobody. */
export const quietWork: WorkContext = {
  home: os.tmpdir(),
  clock: systemClock,
  logger: silentLogger,
  signal: new AbortController().signal,
  progress: silentProgress,
  say() {},
};

/** A run of a small model on the platform, of clicks and likes. */
export function smallPlan(platform: string, encoder: RankerConfig['encoder']): RankingPlan {
  return {
    folder: path.join(platform, `run-${encoder.kind}`),
    platform: platformFolder(platform),
    tasks: platformTasks.filter(({ name }) => name === 'click' || name === 'like'),
    split: { validationMs: LIFE_MS / 5, testMs: LIFE_MS / 5, correction: 'closed-window' },
    config: rankerTrainingConfigSchema.parse({
      model: { dimension: 8, encoder, tasks: { kind: 'shared-bottom', hidden: [8], tower: [] } },
      loss: { tasks: [{ name: 'click' }, { name: 'like' }] },
      optimizer: { kind: 'adam', learningRate: 0.03 },
      batch: { candidatesPerBatch: 512 },
      epochs: 6,
      threads: 1,
    }),
  };
}
