import { deriveKey, normalAt } from '../base/counter-random.ts';
import type { SubjectRecord } from '../data/catalog/subject-record.ts';
import type { Event } from '../data/events/event.ts';
import { instrumentSubject, type Behaviour } from './create-state.ts';
import type { LiveRecords } from './content/live-records.ts';
import { ROWS_FREE } from './content/posts.ts';
import { instrumentRecord } from './markets/instrument-record.ts';
import type { Page, PageRequest, Policy } from './policy.ts';
import { MAY_COME, VISITING } from './visits.ts';
import { PolicyAnswerError } from './world-errors.ts';
import type { WorldState } from './world-state.ts';

const DAY_MS = 86_400_000;

/** Growth of a leader's account from day to day that is luck. */
const LEADER_LUCK = 0.02;

/** One tick of a world, in two halves: what happens without users, and what users do. */
export interface Ticks {
  /** Markets, prices, posts, campaigns; returns the subjects that came, changed or retired. */
  moveWorld(): readonly SubjectRecord[];
  /** Those who come or go on ask for pages and read them, and due trades are done; returns the events that the platform has by the end of the tick. */
  moveUsers(policy: Policy): Promise<readonly Event[]>;
}

/** See {@link Ticks}. Call both in turn; `state.tick` moves on at the end of the second. */
export function createTicks(state: WorldState, { arrivals, trading, visiting }: Behaviour, records: LiveRecords): Ticks {
  const { settings, visits, authors, posts, markets, publisher, campaigns, calendar, agenda, outbox, journal, subjects } = state;
  const leaderKey = deriveKey(state.seed, 'leader luck');
  const spots = markets.instruments.filter(({ kind }) => kind === 'spot').map(({ index }) => index);

  const stepMarkets = (timeMs: number, changed: SubjectRecord[]) => {
    markets.stepTo(timeMs);
    for (const slot of spots) state.heats[slot] = markets.heat(slot);
    state.heats[state.heats.length - 1] = markets.marketHeat();
    for (const { listed, retired, settlement } of markets.listingsSince(timeMs - settings.tickMs)) {
      // What is traded from the beginning on is in the catalog already.
      if (retired === null) continue;
      const { index } = listed;
      state.settlements[index] = settlement ?? markets.price(index);
      subjects.instruments[index] = instrumentSubject(listed);
      subjects.instrumentIndex.delete(retired.id);
      subjects.instrumentIndex.set(listed.id, index);
      changed.push({ ...instrumentRecord(retired), lifecycle: 'retired' }, instrumentRecord(listed));
    }
  };

  const tellPrices = (timeMs: number) => {
    for (const { index } of markets.instruments) {
      const details = { value: markets.price(index), quantity: markets.volume(index) };
      journal.write(null, 'price', subjects.instruments[index]!, timeMs, 200, undefined, details);
    }
  };

  const retirePosts = (timeMs: number, changed: SubjectRecord[]) => {
    const full = posts.capacity - ROWS_FREE;
    while (posts.first < posts.next) {
      const aged = timeMs - posts.createdMs[posts.first % posts.capacity]! >= settings.postLifeMs;
      if (!aged && posts.next - posts.first <= full) break;
      changed.push({ ...records.post(posts.first), lifecycle: 'retired' });
      posts.first++;
    }
  };

  const ask = async (policy: Policy, requests: readonly PageRequest[]): Promise<readonly Page[]> => {
    const pages = await policy.pages(requests);
    if (pages.length !== requests.length)
      throw new PolicyAnswerError(policy.name, `answered ${requests.length} requests with ${pages.length} pages`);
    for (const [place, { items }] of pages.entries()) {
      const { count, requestId } = requests[place]!;
      if (items.length > count)
        throw new PolicyAnswerError(policy.name, `put ${items.length} items on a page of ${count} places (${requestId})`);
    }
    return pages;
  };

  return {
    moveWorld() {
      const timeMs = state.tick * settings.tickMs;
      const changed: SubjectRecord[] = [];
      stepMarkets(timeMs, changed);
      if (timeMs % settings.priceEveryMs === 0) tellPrices(timeMs);
      if (timeMs % DAY_MS === 0) {
        const day = timeMs / DAY_MS;
        for (let a = 0; a < settings.leaders; a++) authors.record[a]! *= 1 + authors.edge[a]! + LEADER_LUCK * normalAt(leaderKey, a, day, 0);
      }
      retirePosts(timeMs, changed);
      const before = posts.next;
      campaigns.stepTick(state.tick, timeMs);
      publisher.publishTick(state.tick, timeMs);
      for (let number = before; number < posts.next; number++) changed.push(records.post(number));
      return changed;
    },
    async moveUsers(policy) {
      const { tick } = state;
      for (const trade of agenda.take(tick)) trading.carryOut(trade);
      const asking: number[] = [];
      for (const u of calendar.take(tick)) {
        if (visits.phase[u] !== VISITING) {
          if (visits.phase[u] !== MAY_COME || !arrivals.comes(u, tick)) {
            arrivals.scheduleAway(u, tick);
            continue;
          }
          visiting.begin(u, tick);
        }
        asking.push(u);
      }
      if (asking.length > 0) {
        const requests = asking.map((u) => visiting.request(u));
        const pages = await ask(policy, requests);
        for (const [place, u] of asking.entries()) visiting.answer(u, requests[place]!, pages[place]!, tick);
      }
      state.tick++;
      return outbox.take(tick);
    },
  };
}
