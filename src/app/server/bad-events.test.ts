import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import type { Event } from '../../data/events/event.ts';
import { createMemoryEventLog } from '../../data/events/memory-event-log.ts';
import { badEventsMaker, isKnownUser } from './bad-events.fixture.ts';
import { createBadEventsCheck } from './check-bad-events.fixture.ts';
import { startServer } from './server.fixture.ts';

it('answers every bad event with a reason, and keeps every good one once, whatever they come with', async () => {
  // A batch of sixty events, each of them long, and a huge one stay well below it.
  const bodyBytesMax = 400_000;
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const log = createMemoryEventLog();
      const knownUsers = async (userIds: readonly string[]) => userIds.map(isKnownUser);
      const server = await startServer({ events: { log, knownUsers }, bodyBytesMax });
      try {
        const random = createRandom(seed, 'bad-events');
        const maker = badEventsMaker(random, Date.now(), { hugeBytes: 100_000, bodyBytesMax });
        const check = createBadEventsCheck(server.url);
        await check.send(maker.plain(1));
        for (let body = 0; body < 12; body++) {
          maker.allAnswered();
          await check.send(random.integer(3) === 0 ? maker.refused() : maker.batch(random.integer(60)));
        }
        const stored: Event[] = [];
        for await (const { events } of log.read(0)) stored.push(...events);
        expect(check.tally).toMatchObject({ badUnexplained: 0, goodRefused: 0, serverErrors: 0, strangersMiscounted: 0, problems: [] });
        expect(check.compareLog(stored)).toEqual({ goodLost: 0, goodTwice: 0, notSent: 0, changed: 0 });
        expect(stored).toHaveLength(check.tally.goodEvents);
      } finally {
        await server.close();
      }
    }),
    { numRuns: 10, examples: [[-2_147_483_637]] },
  );
});
