import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskBatch, threeTasks } from '../../tensor/multi-task-run.fixture.ts';
import { compileMultiTaskStep, type MultiTaskStep } from '../../tensor/multi-task-step.ts';
import { adam } from '../../tensor/optimizers/adam.ts';
import { constantSchedule } from '../../tensor/optimizers/schedule.ts';
import { fixedWeights } from '../loss-weights/fixed-weights.ts';
import { conflictPicture } from './conflict-picture.ts';
import { conflictRecord, taskPairs, type ConflictRecord } from './conflict-record.ts';
import { cosinesOf } from './cosines.ts';
import { pcGrad } from './pcgrad.ts';

let step: MultiTaskStep;
const records: ConflictRecord[] = [];

beforeAll(async () => {
  step = await compileMultiTaskStep({
    losses: threeTasks(),
    strategy: pcGrad(),
    weights: fixedWeights([1, 2, 0]),
    optimizer: adam(),
    learningRate: constantSchedule(1e-2),
    seed: 3,
  });
  for (let at = 1; at <= 12; at++) records.push(conflictRecord(step, at, await step.run(taskBatch(at))));
});
afterAll(() => step.close());

describe('the record of a step', () => {
  it('holds cosines by pair and layer, norms and weights, and survives JSON', () => {
    for (const record of records) {
      expect(record.tasks).toEqual(['click', 'like', 'dwell']);
      expect(Object.keys(record.layers)).toEqual(['embedding', 'trunk']);
      expect(JSON.parse(JSON.stringify(record))).toEqual(record);
      expect(Math.abs(record.cosines[0]!)).toBeLessThanOrEqual(1);
    }
    expect(new Set(records.map(({ cosines }) => cosines[0])).size).toBeGreaterThan(1);
  });

  it('has no cosine in total where a task counts nothing, but has one by layer', () => {
    for (const record of records) {
      expect(record.cosines[1]).toBeNull();
      expect(record.cosines[2]).toBeNull();
      expect(record.norms[2]).toBe(0);
      expect(record.lossWeights).toEqual([1, 2, 0]);
      expect(record.layers['trunk']![1]).not.toBeNull();
    }
  });

  it('lists each pair of tasks once', () => {
    expect(taskPairs(3)).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    expect(taskPairs(1)).toEqual([]);
  });
});

it('cosines are within [−1, 1] whatever rounding did, and 0 beside a zero gradient', () => {
  expect([...cosinesOf([1, 1.0000001, 1.0000001, 1], 2)]).toEqual([1, 1, 1, 1]);
  expect([...cosinesOf([4, -2, 0, -2, 1, 0, 0, 0, 0], 3)]).toEqual([1, -1, 0, -1, 1, 0, 0, 0, 0]);
});

describe('the picture of a run', () => {
  const count = (text: string, what: string) => text.split(what).length - 1;

  it('has a line for each pair with a cosine, and a cell for each layer and pair', () => {
    const picture = conflictPicture(records);
    expect(count(picture, '<polyline')).toBe(1);
    expect(picture).toContain('click · like');
    expect(picture).toContain('embedding');
    // Background, 2 × 3 cells, 21 steps of the scale.
    expect(count(picture, '<rect')).toBe(1 + 6 + 21);
    expect(picture).not.toMatch(/NaN|undefined|null/);
  });

  it('paints red what pulls against, blue what pulls along, white what does neither', () => {
    const record = (cosine: number): ConflictRecord => ({
      step: 1,
      tasks: ['a', 'b'],
      cosines: [cosine],
      layers: { trunk: [cosine] },
      norms: [1, 1],
      lossWeights: [1, 1],
      strategyWeights: [1, 1],
    });
    const cell = (cosine: number) =>
      /<rect x="[^"]*" y="[^"]*" width="[^"]*" height="21" stroke="[^"]*" fill="([^"]*)"/.exec(conflictPicture([record(cosine)]))![1];
    expect(cell(-1)).toBe('rgb(220,38,38)');
    expect(cell(0)).toBe('rgb(255,255,255)');
    expect(cell(1)).toBe('rgb(37,99,235)');
    expect(conflictPicture([record(-0.25), record(0.75)])).toContain('>0.25<');
  });

  it('breaks a line where there is no cosine, escapes names, and stays small however long the run', () => {
    const long = Array.from({ length: 20_000 }, (_, at): ConflictRecord => ({
      ...records[0]!,
      step: at + 1,
      tasks: ['a<b', 'c', 'd'],
      cosines: [at > 9000 && at < 11_000 ? null : 0.5, 0.1, -0.2],
      layers: { trunk: [0.5, null, -0.2] },
    }));
    const picture = conflictPicture(long);
    expect(count(picture, '<polyline')).toBe(4);
    expect(picture).toContain('a&lt;b');
    expect(picture.length).toBeLessThan(60_000);
  });

  it('is drawn from no records at all, and from one task', () => {
    expect(conflictPicture([])).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
    expect(conflictPicture([{ ...records[0]!, tasks: ['a'], cosines: [], layers: { trunk: [] } }])).not.toMatch(/NaN|undefined/);
  });
});
