import { uint32At } from '../../src/base/counter-random.ts';
import type { FieldDeclarations, FieldTable } from '../../src/learn/fields/field-table.ts';
import type { Funnel, FunnelEvent } from './funnel-data.ts';

const ACTIONS = ['view', 'cart', 'buy'] as const;
const ITEM_BUCKETS = 4096;
const USER_BUCKETS = 2048;
const SESSION_GAP_SECONDS = 1800;

/** What is known of a user or an item from events before now. */
interface Past {
  readonly counts: Record<FunnelEvent['action'], number>;
  readonly last: Record<FunnelEvent['action'], number>;
  firstSeconds: number;
  lastSeconds: number;
  sessionStart: number;
  sessionViews: number;
  sessionCarts: number;
}

/** The declared fields of a view. All counts and times are of events before the view. */
export const FUNNEL_FIELDS: FieldDeclarations = {
  categorical: [
    { name: 'user bucket', size: USER_BUCKETS, dimension: 4 },
    { name: 'item bucket', size: ITEM_BUCKETS, dimension: 4 },
    { name: 'hour', size: 24, dimension: 4 },
    { name: 'weekday', size: 7, dimension: 4 },
  ],
  numeric: [
    ...['user', 'item'].flatMap((owner) => [
      ...ACTIONS.map((action) => ({ name: `${owner} ${action}s`, scale: 'log' as const })),
      ...ACTIONS.map((action) => ({ name: `seconds since ${owner}'s last ${action}`, scale: 'log' as const })),
      { name: `seconds since ${owner} was first seen`, scale: 'log' as const },
      { name: `carts a view of the ${owner}` },
      { name: `buys a cart of the ${owner}` },
    ]),
    { name: 'views of the session', scale: 'log' as const },
    { name: 'carts of the session', scale: 'log' as const },
    { name: 'seconds since the session began', scale: 'log' as const },
  ],
};

/**
 * The features of all views, from one pass over the events in order of time. A view sees events of earlier seconds alone:
 * those of its own second are told after all views of that second.
 */
export function funnelFeatures({ events, views }: Funnel): FieldTable {
  const users = new Map<number, Past>();
  const items = new Map<number, Past>();
  const width = FUNNEL_FIELDS.numeric.length;
  const numbers = new Float32Array(views.length * width);
  const categories = new Int32Array(views.length * 4);
  let told = 0;
  views.forEach(({ event }, row) => {
    for (; told < events.length && events[told]!.seconds < event.seconds; told++) {
      const past = events[told]!;
      tell(pastOf(users, past.user), past);
      tell(pastOf(items, past.item), past);
    }
    const [user, item] = [pastOf(users, event.user), pastOf(items, event.item)];
    const inSession = event.seconds - user.lastSeconds < SESSION_GAP_SECONDS;
    const day = Math.floor(event.seconds / 86_400);
    categories.set(
      [
        1 + (uint32At(1, event.user, 0, 0) % USER_BUCKETS),
        1 + (uint32At(2, event.item, 0, 0) % ITEM_BUCKETS),
        1 + Math.floor((event.seconds % 86_400) / 3600),
        1 + (day % 7),
      ],
      row * 4,
    );
    numbers.set(
      [
        ...numbersOf(user, event.seconds),
        ...numbersOf(item, event.seconds),
        inSession ? user.sessionViews : 0,
        inSession ? user.sessionCarts : 0,
        inSession ? event.seconds - user.sessionStart : 0,
      ],
      row * width,
    );
  });
  return { rows: views.length, categories, numbers };
}

function numbersOf({ counts, last, firstSeconds }: Past, now: number): number[] {
  return [
    ...ACTIONS.map((action) => counts[action]),
    ...ACTIONS.map((action) => now - last[action]),
    now - firstSeconds,
    // Drawn to .1 and .5 while little is known.
    (counts.cart + 2) / (counts.view + 20),
    (counts.buy + 2) / (counts.cart + 4),
  ];
}

function pastOf(known: Map<number, Past>, id: number): Past {
  const found = known.get(id);
  if (found !== undefined) return found;
  const fresh: Past = {
    counts: { view: 0, cart: 0, buy: 0 },
    // NaN is missing: never seen.
    last: { view: NaN, cart: NaN, buy: NaN },
    firstSeconds: NaN,
    lastSeconds: -Infinity,
    sessionStart: 0,
    sessionViews: 0,
    sessionCarts: 0,
  };
  known.set(id, fresh);
  return fresh;
}

function tell(past: Past, { action, seconds }: FunnelEvent): void {
  if (seconds - past.lastSeconds >= SESSION_GAP_SECONDS) {
    past.sessionStart = seconds;
    past.sessionViews = 0;
    past.sessionCarts = 0;
  }
  if (Number.isNaN(past.firstSeconds)) past.firstSeconds = seconds;
  past.lastSeconds = seconds;
  past.counts[action]++;
  past.last[action] = seconds;
  if (action === 'view') past.sessionViews++;
  if (action === 'cart') past.sessionCarts++;
}
