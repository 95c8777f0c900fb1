import { PLATFORM_FEATURES } from '../platform/platform-features.ts';
import type { PageItem } from '../policy.ts';
import type { WorldState } from '../world-state.ts';
import { clickChance, recognise, satisfyChance, type Seen } from './attraction.ts';
import { cardSatisfyChance, onwardChance, READINGS } from './examination.ts';

/** Chance that a click on an instrument's card satisfies. */
const INSTRUMENT_SATISFIES = 0.6;

/** The chances of a page's places, for one user at one moment; made once and filled for page after page. */
export interface PageChances {
  count: number;
  /** Null: nothing there. */
  readonly items: (Seen | null)[];
  /** Chance of a click on a look. */
  readonly click: number[];
  /** Chance that a click satisfies. */
  readonly satisfied: number[];
}

/** Room for the chances of pages. */
export function emptyPageChances(): PageChances {
  return { count: 0, items: [], click: [], satisfied: [] };
}

/**
 * Fills in the chances of a page. Reading changes a user's state, but only for the pages after: these chances, taken
 * before it, are the ones that the whole page is read by (see `decide` in `read-page.ts`), so what `truth` says of a page
 * is exact.
 */
export function fillPageChances(
  state: WorldState,
  u: number,
  items: readonly PageItem[],
  surface: number,
  timeMs: number,
  into: PageChances,
): void {
  into.count = items.length;
  for (let position = 0; position < items.length; position++) {
    const item = recognise(state, items[position]!);
    into.items[position] = item;
    into.click[position] = item === null ? 0 : clickChance(state, u, item, surface, timeMs);
    into.satisfied[position] = item === null ? 0 : chanceToSatisfy(state, u, item, timeMs);
  }
}

/** Chance that a click on an item satisfies. */
export function chanceToSatisfy(state: WorldState, u: number, item: Seen, timeMs: number): number {
  switch (item.kind) {
    case 'post':
      return satisfyChance(state, u, item.index, timeMs);
    case 'feature':
      return cardSatisfyChance(PLATFORM_FEATURES[item.index]!.pull[state.people.intent[u]!]!);
    case 'instrument':
      return INSTRUMENT_SATISFIES;
  }
}

/** Chance that each place of a page is looked at. Exact for the cascade of `examination.ts`. Cost: linear. */
export function examinationChances(state: WorldState, u: number, surface: number, page: PageChances): number[] {
  const { people } = state;
  const reading = READINGS[surface]!;
  const onward = onwardChance(people, u, reading.onward);
  const afterSatisfied = onwardChance(people, u, reading.afterSatisfied);
  const afterDisappointed = onwardChance(people, u, reading.afterDisappointed);
  const chances: number[] = [];
  let chance = 1;
  for (let position = 0; position < page.count; position++) {
    const there = page.items[position] !== null;
    chances.push(there ? chance : 0);
    // An empty place is passed without notice.
    if (!there) continue;
    const click = page.click[position]!;
    const satisfied = page.satisfied[position]!;
    chance *= (1 - click) * onward + click * (satisfied * afterSatisfied + (1 - satisfied) * afterDisappointed);
  }
  return chances;
}
