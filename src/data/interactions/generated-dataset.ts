import type { Clock } from '../../base/clock.ts';
import { createRandom, type Random } from '../../base/random.ts';
import { arrangeInteractions } from './arrange-interactions.ts';
import { fingerprintInteractions } from './dataset-fingerprint.ts';
import { abandonDataset, beginDataset, commitDataset } from './dataset-writer.ts';
import { GENERATED_STYLES, generatedCatalog, type GeneratedItem } from './generated-catalog.ts';
import { ImportOptionError } from './import-errors.ts';
import { createIdTable } from './id-table.ts';
import type { InteractionDataset } from './interaction-dataset.ts';
import { createInteractionRows } from './interaction-rows.ts';
import { dailyCycleMs, sessionPauseMs } from './generated-times.ts';

/** Size and seed of a generated data set. */
export interface GeneratedInteractionsOptions {
  /** Same seed and sizes: the same bytes, on any machine. @default 7 */
  readonly seed?: number;
  /** @default 2000 */
  readonly userCount?: number;
  /** From 30. Items that nobody meets are left out. @default 600 */
  readonly itemCount?: number;
  /** Mean number of sessions a user; each has about 6 interactions. @default 5 */
  readonly meanSessions?: number;
}

/** Chance that the next intent follows from the last two, rather than from the user's tastes. */
const FOLLOWS_PLAN = 0.8;
/** Lengths of an intent in interactions, drawn evenly: peaked, so that its end can be foreseen from its beginning. */
const INTENT_LENGTHS = [1, 2, 2, 3];
/** How much likelier an item of the user's own style is. */
const OWN_STYLE = 6;
const ZIPF_EXPONENT = 0.9;
const SESSION_INTENTS_MAX = 5;
/** 2025-01-06, a Monday. */
const FIRST_DAY_MS = 1_736_121_600_000;
const DAYS = 60;

/**
 * The embedded data set: users of a feed beside a trading platform, seeded, with structure of known kinds.
 *
 * - Items stand in clusters (topics, instruments, lessons) with Zipf popularity inside.
 * - A user has lasting tastes: some clusters, and one style of item.
 * - A session is a chain of intents, each a cluster that holds for one to three interactions (a semi-Markov chain); the
 *   next intent follows from the **last two** (a second-order chain), so a first-order model cannot tell it.
 * - A series (lessons) goes on from where the user left it, sessions ago: part k, then k + 1.
 * - A user rarely meets an item twice. Times fall into sessions with a daily cycle in the user's own time zone.
 */
export function generatedInteractions(options: GeneratedInteractionsOptions = {}): InteractionDataset {
  const { seed = 7, userCount = 2000, itemCount = 600, meanSessions = 5 } = options;
  if (!Number.isInteger(userCount) || userCount < 1 || !Number.isInteger(itemCount) || itemCount < 30 || !(meanSessions > 0)) {
    const given = `${userCount} users, ${itemCount} items, ${meanSessions} sessions`;
    throw new ImportOptionError(`Cannot generate ${given}: at least 1 user, 30 items and more than 0 sessions are needed.`);
  }
  const catalog = generatedCatalog(itemCount);
  const plan = intentPlan(createRandom(seed, 'generated', 'plan'), catalog.length);
  const users = createIdTable();
  const items = createIdTable();
  const rows = createInteractionRows(true, false);
  let line = 0;
  for (let user = 0; user < userCount; user++) {
    const random = createRandom(seed, 'generated', 'user', user);
    const index = users.internText(`user-${String(user + 1).padStart(5, '0')}`);
    liveThrough(random, catalog, plan, meanSessions, (item, timeMs) => {
      rows.add(++line, index, items.internText(item.id), timeMs, 0);
    });
  }
  const { arranged } = arrangeInteractions(rows.take(), users, items, { timesAreKeys: true, minimumUser: 1, minimumItem: 1 });
  const titles = new Map(catalog.flat().map((item) => [item.id, item.title]));
  return {
    name: 'generated',
    fingerprint: fingerprintInteractions(arranged),
    userCount: arranged.userIds.length,
    itemCount: arranged.itemIds.length,
    ...arranged,
    itemTitles: arranged.itemIds.map((id) => titles.get(id) ?? null),
  };
}

/**
 * Writes {@link generatedInteractions} as a data set folder, as an import would.
 *
 * @throws {DatasetDestinationError}
 */
export async function writeGeneratedDataset(
  destination: string,
  options: GeneratedInteractionsOptions,
  context: { readonly clock: Clock },
): Promise<InteractionDataset> {
  const dataset = generatedInteractions(options);
  const draft = await beginDataset(destination);
  try {
    const content = { name: dataset.name, interactions: dataset, itemTitles: dataset.itemTitles ?? null };
    await commitDataset(draft, { ...content, order: 'time', source: null }, context.clock);
  } catch (error) {
    await abandonDataset(draft);
    throw error;
  }
  return dataset;
}

/** `plan[before * clusters + last]`: the intent that most likely comes after these two, different from the last. */
function intentPlan(random: Random, clusters: number): Int32Array {
  const plan = new Int32Array(clusters * clusters);
  for (let pair = 0; pair < plan.length; pair++) {
    const last = pair % clusters;
    const next = random.integer(clusters - 1);
    plan[pair] = next >= last ? next + 1 : next;
  }
  return plan;
}

function liveThrough(
  random: Random,
  catalog: readonly (readonly GeneratedItem[])[],
  plan: Int32Array,
  meanSessions: number,
  onInteraction: (item: GeneratedItem, timeMs: number) => void,
): void {
  const clusters = catalog.length;
  const tastes = Float64Array.from({ length: clusters }, () => Math.exp(2 * random.normal()));
  const style = random.integer(GENERATED_STYLES);
  const zoneHours = random.integer(24);
  const met = new Set<string>();
  // Beginners start a series at its first part, others further in.
  const level = random.integer(4);
  const partsDone = Int32Array.from(catalog, (cluster) => Math.floor((level * cluster.length) / 4));
  const sessions = Math.max(2, Math.round(meanSessions * (0.4 + 1.2 * random.next())));
  let before = draw(random, tastes);
  let last = draw(random, tastes);
  for (let session = 0; session < sessions; session++) {
    // Sessions are spread evenly over the days so that they stand in order; the hour follows the daily cycle.
    const day = Math.floor(((session + random.next() * 0.5) * DAYS) / sessions);
    let timeMs = FIRST_DAY_MS + day * 86_400_000 + dailyCycleMs(random, zoneHours);
    const intents = 1 + random.integer(SESSION_INTENTS_MAX);
    for (let turn = 0; turn < intents; turn++) {
      const follows = random.next() < FOLLOWS_PLAN;
      const next = follows ? plan[before * clusters + last]! : draw(random, tastes);
      before = last;
      last = next;
      const length = INTENT_LENGTHS[random.integer(INTENT_LENGTHS.length)]!;
      for (let step = 0; step < length; step++) {
        const item = chooseItem(random, catalog[last]!, style, met, partsDone);
        met.add(item.id);
        timeMs += sessionPauseMs(random);
        onInteraction(item, timeMs);
      }
    }
  }
}

function chooseItem(
  random: Random,
  cluster: readonly GeneratedItem[],
  style: number,
  met: ReadonlySet<string>,
  partsDone: Int32Array,
): GeneratedItem {
  const first = cluster[0]!;
  if (first.inSeries) {
    const part = partsDone[first.cluster]!++;
    return cluster[part % cluster.length]!;
  }
  const weights = Float64Array.from(cluster, (item) => {
    const own = item.style === style ? OWN_STYLE : 1;
    return met.has(item.id) ? 1e-3 : own / (item.place + 1) ** ZIPF_EXPONENT;
  });
  return cluster[draw(random, weights)]!;
}

/** An index, drawn with chances in proportion to the weights. */
function draw(random: Random, weights: Float64Array): number {
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let index = 0; index < weights.length; index++) {
    left -= weights[index]!;
    if (left < 0) return index;
  }
  return weights.length - 1;
}
