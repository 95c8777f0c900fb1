import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelsAsOf } from './labels-as-of.ts';
import { actionsOf, eventsArbitrary, someTasks } from './some-actions.fixture.ts';
import { labelsOfSplit, splitListsByTime } from './split-lists-by-time.ts';
import { TaskLabelsError } from './task-errors.ts';
import { taskOutcomes } from './task-outcomes.ts';

test('pages before the first cut, before the second, and the rest', () => {
  const pages = { listCount: 5, timesMs: Float64Array.of(10, 20, 5, 30, 19) };
  const split = splitListsByTime(pages, { trainUntilMs: 19, validationUntilMs: 30 });
  expect(split.train.lists).toEqual(Int32Array.of(0, 2));
  expect(split.validation.lists).toEqual(Int32Array.of(1, 4));
  expect(split.test.lists).toEqual(Int32Array.of(3));
});

test('cuts out of order are refused', () => {
  const pages = { listCount: 0, timesMs: new Float64Array(0) };
  expect(() => splitListsByTime(pages, { trainUntilMs: 5, validationUntilMs: 4 })).toThrow(TaskLabelsError);
  expect(() => splitListsByTime(pages, { trainUntilMs: NaN, validationUntilMs: 4 })).toThrow('not before trainUntilMs (NaN)');
});

test('each part has the labels of its moment, and every list its part', async () => {
  await fc.assert(
    fc.asyncProperty(eventsArbitrary, fc.nat(30), fc.nat(15), fc.boolean(), async (events, trainUntilMs, gap, strict) => {
      const data = await actionsOf(events);
      const outcomes = taskOutcomes(data, someTasks);
      const validationUntilMs = trainUntilMs + gap;
      const split = splitListsByTime(data.pages, { trainUntilMs, validationUntilMs });
      const endMs = Math.max(data.endMs, validationUntilMs);
      const { labels, counts } = labelsOfSplit(outcomes, data.pages, split, {
        endMs,
        latenessMs: 0,
        ...(strict ? { validationAsOfMs: validationUntilMs } : {}),
      });
      const moments = { train: trainUntilMs, validation: strict ? validationUntilMs : endMs, test: endMs };
      let lists = 0;
      for (const part of ['train', 'validation', 'test'] as const) {
        const own = labelsAsOf(outcomes, data.pages, { asOfMs: moments[part], latenessMs: 0, lists: split[part].lists });
        expect(counts[part]).toEqual(own.counts);
        lists += split[part].lists.length;
        for (const list of split[part].lists) {
          const [first, end] = [data.pages.offsets[list]!, data.pages.offsets[list + 1]!];
          for (const { name } of someTasks) {
            expect(labels[name]!.subarray(first, end)).toEqual(own.labels[name]!.subarray(first, end));
          }
        }
      }
      expect(lists).toBe(data.pages.listCount);
    }),
    { numRuns: 100 },
  );
});
