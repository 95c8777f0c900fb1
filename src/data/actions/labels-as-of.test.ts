import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { knownEvents, oracleDelays, oraclePages } from './actions-oracle.fixture.ts';
import { labelsAsOf, type LabelOptions } from './labels-as-of.ts';
import { actionsOf, eventsArbitrary, someTasks } from './some-actions.fixture.ts';
import { horizonOf } from './task-declaration.ts';
import { TaskLabelsError } from './task-errors.ts';
import { taskOutcomes, type TaskOutcomes } from './task-outcomes.ts';

const WINDOW_MS = 1000;

/** Places with the delays given, each seen and known at its moment, a list each. */
function placesWith(delays: readonly number[], seenMs: readonly number[], knownMs: readonly number[] = seenMs) {
  const outcomes: TaskOutcomes = {
    tasks: [{ kind: 'response', name: 'buy', actions: ['adopt'], windowMs: WINDOW_MS }],
    delaysMs: { buy: Float64Array.from(delays) },
  };
  const pages = {
    offsets: Int32Array.from({ length: delays.length + 1 }, (_, at) => at),
    positions: Uint16Array.from(delays, () => 0),
    seenMs: Float64Array.from(seenMs),
    knownMs: Float64Array.from(knownMs),
  };
  return { outcomes, pages };
}

function labelsOf(delays: readonly number[], seenMs: readonly number[], options: LabelOptions, knownMs = seenMs): readonly number[] {
  const { outcomes, pages } = placesWith(delays, seenMs, knownMs);
  return [...labelsAsOf(outcomes, pages, { latenessMs: 0, minimumDelays: 1, ...options }).labels['buy']!];
}

describe('as known at a moment', () => {
  test('labels of a whole log as of a moment are those of the log as it stood at that moment', async () => {
    await fc.assert(
      fc.asyncProperty(
        eventsArbitrary,
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 5 }),
        async (events, asOfMs, latenessMs) => {
          const known = knownEvents(events);
          const before = known.filter(({ receivedMs }) => receivedMs < asOfMs).map(({ event }) => event);
          const data = await actionsOf(events);
          const { labels } = labelsAsOf(taskOutcomes(data, someTasks), data.pages, { asOfMs, latenessMs });
          const pages = oraclePages(events);
          const pagesBefore = oraclePages(before);
          for (const task of someTasks) {
            const delaysBefore = oracleDelays(before, task);
            const expected = pages.flatMap((page) =>
              page.places.map(({ subject }) => {
                const places = pagesBefore.flatMap((earlier) => earlier.places.map((place) => ({ earlier, place })));
                const at = places.findIndex(({ earlier, place }) => earlier.user === page.user && earlier.requestId === page.requestId && place.subject === subject); // prettier-ignore
                if (at < 0 || Number.isNaN(delaysBefore[at]!)) return NaN;
                const { seenMs, knownMs } = places[at]!.place;
                if (asOfMs < Math.max(seenMs + horizonOf(task), knownMs) + latenessMs) return NaN;
                return delaysBefore[at]! < Infinity ? 1 : 0;
              }),
            );
            const own = labels[task.name]!;
            if (task.kind !== 'return') expect([...own]).toEqual(expected);
            else own.forEach((label, place) => expect([expected[place], NaN].some((each) => Object.is(each, label))).toBe(true));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a return has a label on one place of a page, the same one as in the log as it stood', async () => {
    const back = someTasks.find(({ kind }) => kind === 'return')!;
    let drawn = 0;
    await fc.assert(
      fc.asyncProperty(eventsArbitrary, fc.integer({ min: 10, max: 60 }), async (drawnEvents, asOfMs) => {
        // Where no position was logged the page gives one, which later impressions move.
        const events = drawnEvents.filter(({ context }) => context.position !== null);
        const labelled = async (some: typeof events) => {
          const data = await actionsOf(some);
          const { labels, counts } = labelsAsOf(taskOutcomes(data, [back]), data.pages, { asOfMs, latenessMs: 0 });
          const places = [...data.pages.users.keys()].flatMap((list) => {
            const [from, to] = [data.pages.offsets[list]!, data.pages.offsets[list + 1]!];
            const found = [...labels['return']!.subarray(from, to)].flatMap((label, at) => (Number.isNaN(label) ? [] : [from + at]));
            expect(found.length).toBeLessThanOrEqual(1);
            return found.map((place) => ({
              user: data.users.ids[data.pages.users[list]!],
              subject: data.subjects.keys[data.pages.subjects[place]!],
              position: data.pages.positions[place],
              label: labels['return']![place],
            }));
          });
          expect(counts['return']!.positives + counts['return']!.negatives).toBe(places.length);
          return places;
        };
        const whole = await labelled(events);
        const known = knownEvents(events).filter(({ receivedMs }) => receivedMs < asOfMs);
        const before = await labelled(known.map(({ event }) => event));
        const inOrder = (places: typeof whole) => places.map((place) => JSON.stringify(place)).sort();
        expect(inOrder(whole)).toEqual(inOrder(before));
        drawn += whole.filter(({ position }) => position !== 0).length;
      }),
      { numRuns: 200 },
    );
    // Not always the first.
    expect(drawn).toBeGreaterThan(0);
  });

  test('an open window has no label, with an outcome or without; a closed one is settled', () => {
    const delays = [100, Infinity, NaN];
    expect(labelsOf(delays, [0, 0, 0], { asOfMs: WINDOW_MS - 1 })).toEqual([NaN, NaN, NaN]);
    expect(labelsOf(delays, [0, 0, 0], { asOfMs: WINDOW_MS })).toEqual([1, 0, NaN]);
    expect(labelsOf(delays, [0, 0, 0], { asOfMs: Infinity })).toEqual([1, 0, NaN]);
    expect(labelsOf(delays, [0, 0, 0], { asOfMs: WINDOW_MS + 49, latenessMs: 50 })).toEqual([NaN, NaN, NaN]);
    expect(labelsOf(delays, [0, 0, 0], { asOfMs: WINDOW_MS + 50, latenessMs: 50 })).toEqual([1, 0, NaN]);
  });

  test('what is received in that very millisecond is not known', () => {
    expect(labelsOf([1200], [0], { asOfMs: 1200 })).toEqual([0]);
    expect(labelsOf([1200], [0], { asOfMs: 1201 })).toEqual([1]);
    expect(labelsOf([1200], [0], { asOfMs: 5000 }, [5000])).toEqual([NaN]);
    expect(labelsOf([1200], [0], { asOfMs: 5001 }, [5000])).toEqual([1]);
  });

  test('an impression told late is waited for from when it was told', () => {
    expect(labelsOf([Infinity], [0], { asOfMs: 5059, latenessMs: 60 }, [5000])).toEqual([NaN]);
    expect(labelsOf([Infinity], [0], { asOfMs: 5060, latenessMs: 60 }, [5000])).toEqual([0]);
  });

  test('of some lists alone, with counts of these', () => {
    const { outcomes, pages } = placesWith([5, Infinity, 5, 5, NaN], [0, 0, 0, 4000, 0]);
    const { labels, counts } = labelsAsOf(outcomes, pages, { asOfMs: 4500, latenessMs: 0, lists: Int32Array.of(1, 2, 3, 4) });
    expect([...labels['buy']!]).toEqual([NaN, 0, 1, NaN, NaN]);
    expect(counts['buy']).toEqual({ positives: 1, negatives: 1, open: 1, corrected: 0 });
  });

  test.each([
    [{ asOfMs: NaN }, 'asOfMs is NaN'],
    [{ asOfMs: 1, latenessMs: -1 }, 'latenessMs is -1'],
    [{ asOfMs: 1, floor: 0 }, 'floor is 0'],
    [{ asOfMs: 1, floor: 1.5 }, 'floor is 1.5'],
    [{ asOfMs: 1, minimumDelays: 0 }, 'minimumDelays is 0'],
    [{ asOfMs: 1, lists: Int32Array.of(7) }, 'lists is 7'],
  ] as const)('%j is refused', (options, message) => {
    const { outcomes, pages } = placesWith([1], [0]);
    expect(() => labelsAsOf(outcomes, pages, options)).toThrow(TaskLabelsError);
    expect(() => labelsAsOf(outcomes, pages, options)).toThrow(message);
  });
});

describe('inverse delay', () => {
  const correction = 'inverse-delay';
  // Closed by 10,000: delays 100, 200, 300, 400, and one without; open: seen 250, 50 and 950 before.
  const delays = [100, 200, 300, 400, Infinity, 40, Infinity, 40, 40];
  const seenMs = [0, 0, 0, 0, 0, 9750, 9750, 9950, 9050];

  test('what is known of an open place counts by the share of delays that are shorter than its time', () => {
    expect(labelsOf(delays, seenMs, { asOfMs: 10_000, correction })).toEqual([1, 1, 1, 1, 0, 2, 0, NaN, 1]);
  });

  test('below the floor, and with too few delays, there is no label, whatever came', () => {
    expect(labelsOf(delays, seenMs, { asOfMs: 10_000, correction, floor: 0.6 }).slice(5)).toEqual([NaN, NaN, NaN, 1]);
    expect(labelsOf(delays, seenMs, { asOfMs: 10_000, correction, minimumDelays: 4 }).slice(5)).toEqual([2, 0, NaN, 1]);
    expect(labelsOf(delays, seenMs, { asOfMs: 10_000, correction, minimumDelays: 5 }).slice(5)).toEqual([NaN, NaN, NaN, NaN]);
  });

  test('delays of open places, and what was not known yet, do not enter the shares', () => {
    // Were the 40s of the open ones counted, the shares would be larger; so they would were the fourth delay known.
    expect(labelsOf([...delays, 9999], [...seenMs, 10], { asOfMs: 10_000, correction }).slice(5, 7)).toEqual([2, 0]);
  });

  test('counts say how many were corrected', () => {
    const { outcomes, pages } = placesWith(delays, seenMs);
    const { counts } = labelsAsOf(outcomes, pages, { asOfMs: 10_000, correction, latenessMs: 0, minimumDelays: 1 });
    expect(counts['buy']).toEqual({ positives: 6, negatives: 2, open: 1, corrected: 1 });
  });

  test('each task has shares of its own', () => {
    const { outcomes, pages } = placesWith(delays, seenMs);
    const quick = Float64Array.from(delays, (delay) => delay / 10);
    const two: TaskOutcomes = {
      tasks: [...outcomes.tasks, { kind: 'response', name: 'look', actions: ['click'], windowMs: WINDOW_MS }],
      delaysMs: { ...outcomes.delaysMs, look: quick },
    };
    const { labels } = labelsAsOf(two, pages, { asOfMs: 10_000, correction, latenessMs: 0, minimumDelays: 1 });
    expect([...labels['buy']!].slice(5, 8)).toEqual([2, 0, NaN]);
    expect([...labels['look']!].slice(5, 8)).toEqual([1, 0, 1]);
  });

  test('of a return, whose moment the hour of the day decides, an open place has no label', () => {
    const [hourMs, days, people] = [3_600_000, 6, 20];
    const seen: number[] = [];
    const waits: number[] = [];
    // Half of them come back at the first eight in the morning that is twelve hours away or more.
    for (let hour = 0; hour < days * 24; hour++) {
      const morning = Math.ceil((hour + 12 - 8) / 24) * 24 + 8;
      for (let person = 0; person < people; person++) {
        seen.push(hour * hourMs);
        waits.push(person % 2 === 0 ? (morning - hour) * hourMs : Infinity);
      }
    }
    const outcomes: TaskOutcomes = {
      tasks: [{ kind: 'return', name: 'back', actions: ['session-start'], fromMs: 12 * hourMs, toMs: 36 * hourMs }],
      delaysMs: { back: Float64Array.from(waits) },
    };
    const { pages } = placesWith(waits, seen);
    for (let hour = 0; hour < 24; hour++) {
      const asOfMs = (days * 24 - hour) * hourMs + 1;
      const labels = labelsAsOf(outcomes, pages, { asOfMs, correction, latenessMs: 0 }).labels['back']!;
      const labelled = seen.flatMap((_, place) => (Number.isNaN(labels[place]!) ? [] : [place]));
      expect(labelled).toEqual(seen.flatMap((atMs, place) => (atMs + 36 * hourMs <= asOfMs ? [place] : [])));
      expect(labelled.reduce((sum, place) => sum + labels[place]!, 0)).toBe(labelled.length / 2);
    }
  });

  test('the expected gradient of the cross-entropy is that of the outcomes as they will once be', () => {
    const asOfMs = 100_000;
    const places = 200_000;
    const random = createRandom(5, 'delays');
    const seen: number[] = [];
    const waits: number[] = [];
    const logits: number[] = [];
    for (let place = 0; place < places; place++) {
      // A third of the places are still open, the youngest seen a moment ago; two kinds, one rarely chosen, one often.
      const chance = place % 2 === 0 ? 0.1 : 0.6;
      seen.push(asOfMs - Math.floor(random.next() * 3 * WINDOW_MS) - 1);
      const wait = Math.floor(Math.min(WINDOW_MS - 1, -300 * Math.log(1 - random.next())));
      waits.push(random.next() < chance ? wait : Infinity);
      logits.push(place % 2 === 0 ? -1 : 0.5);
    }
    const known = placesWith(waits, seen);
    const labels = labelsAsOf(known.outcomes, known.pages, { asOfMs, latenessMs: 0, correction }).labels['buy']!;
    const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
    for (const kind of [0, 1]) {
      for (const [youngestMs, oldestMs] of [
        [100, 300],
        [300, 600],
        [600, WINDOW_MS],
      ] as const) {
        // prettier-ignore
        let [count, naive, corrected, eventual, squares] = [0, 0, 0, 0, 0];
        for (let place = kind; place < places; place += 2) {
          const elapsedMs = asOfMs - seen[place]!;
          if (elapsedMs < youngestMs || elapsedMs >= oldestMs) continue;
          const share = sigmoid(logits[place]!);
          const label = labels[place]!;
          const truth = waits[place]! < Infinity ? 1 : 0;
          count++;
          corrected += share - label;
          eventual += share - truth;
          naive += share - (waits[place]! < elapsedMs ? 1 : 0);
          squares += (label - truth) ** 2;
        }
        const error = Math.sqrt(squares) / count;
        expect(Math.abs(corrected - eventual) / count).toBeLessThan(4 * error);
        expect(count).toBeGreaterThan(3000);
        // What is not known yet taken for what never comes is far off, most where the places are youngest.
        if (oldestMs <= 300) expect((naive - eventual) / count).toBeGreaterThan(10 * error);
      }
    }
  });
});
