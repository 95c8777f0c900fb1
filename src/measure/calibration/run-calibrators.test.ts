import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoredImpressions } from '../impressions/scored-impressions.ts';
import { simulateImpressions, type SimulationOptions } from '../impressions/simulated-impressions.fixture.ts';
import { labelledTask } from '../impressions/labelled-task.ts';
import { calibrateImpressions } from './calibrate-impressions.ts';
import { applyCalibrator, fitCalibrator } from './calibrator.ts';
import { fitRunCalibrators } from './fit-run-calibrators.ts';
import { measureCalibration } from './measure-calibration.ts';
import { logLoss } from './proper-scores.ts';
import { CALIBRATORS_FILE, readCalibrators, writeCalibrators } from './run-calibrators-file.ts';
import { applyCalibrators, parseRunCalibrators, taskCalibrator } from './run-calibrators.ts';

/** One model's validation, or its test: other users of the same world. */
function part(which: 'validation' | 'test', options: SimulationOptions = {}): ScoredImpressions {
  const simulated = simulateImpressions({ users: 150, userNoise: 0.1, noise: 0.2, ...options, seed: which });
  return { ...simulated, source: { ...simulated.source, part: which } };
}
const limits = { examplesMin: 200, outcomesMin: 20, folds: 3 };
const lossOf = (impressions: ScoredImpressions, task: string, which: 'raw' | 'served') =>
  logLoss(
    labelledTask(
      impressions.tasks.find(({ name }) => name === task)!,
      which,
    )!,
  );

describe('fitRunCalibrators', () => {
  it('mends a model that is too sure on users it was not fitted on, each task by itself; grades have no calibrator', () => {
    const record = fitRunCalibrators(part('validation', { sureness: 2.5 }), limits);
    expect(record.tasks.map(({ task }) => task)).toEqual(['click', 'like', 'negative-feedback']);
    expect(record.model).toEqual({ name: 'model A', fingerprint: 'model-A' });
    const test = calibrateImpressions(record, part('test', { sureness: 2.5 }));
    for (const task of ['click', 'like', 'negative-feedback']) {
      expect(taskCalibrator(record, task).method).not.toBe('none');
      expect(lossOf(test, task, 'served')).toBeLessThan(lossOf(test, task, 'raw') - 0.02);
    }
    const ece = (which: 'raw' | 'served') => measureCalibration(labelledTask(test.tasks[0]!, which)!).debiasedEce;
    expect(ece('served')).toBeLessThan(ece('raw') / 3);
    expect(test.tasks.find(({ name }) => name === 'worth')!.calibrated).toBeNull();
  });

  it('leaves a model alone whose probabilities are right, or of which too little is known', () => {
    const right = fitRunCalibrators(part('validation', { noise: 0, userNoise: 0 }), limits);
    expect(taskCalibrator(right, 'click')).toMatchObject({
      method: 'none',
      overall: null,
      why: 'No method loses less on users it was not fitted on.',
    });
    const few = fitRunCalibrators(part('validation', { users: 8, sureness: 3 }), limits);
    expect(taskCalibrator(few, 'like')).toMatchObject({
      method: 'none',
      why: expect.stringMatching(/^There are \d+ places that happened and \d+ that did not: fewer than 20/),
    });
  });

  it('does not turn round a model that orders the wrong way', () => {
    const given = part('validation');
    const turned = { ...given, tasks: given.tasks.map((task) => ({ ...task, scores: task.scores.map((score) => 1 - score) })) };
    const { method, overall } = taskCalibrator(fitRunCalibrators({ ...turned, tasks: turned.tasks.slice(0, 1) }, limits), 'click');
    expect(['none', 'temperature', 'histogram']).toContain(method);
    expect(
      overall === null || applyCalibrator(overall, Float64Array.of(0.2, 0.8)).every((value, at, all) => at === 0 || value >= all[0]!),
    ).toBe(true);
  });

  it('fits a calibrator a tier where the tiers err in opposite ways, and only there', () => {
    const apart = { tierShift: [0.7, -0.7] };
    const record = fitRunCalibrators(part('validation', apart), { ...limits, method: 'isotonic' });
    const click = taskCalibrator(record, 'click');
    expect(click).toMatchObject({ segmentation: 'tier', method: 'isotonic' });
    expect(click.segments.map(({ name, calibrator }) => [name, calibrator !== null])).toEqual([
      ['cold start', true],
      ['stable', true],
    ]);
    const test = part('test', apart);
    const byTier = calibrateImpressions(record, test);
    const forAll = calibrateImpressions(
      fitRunCalibrators(part('validation', apart), { ...limits, method: 'isotonic', segmentations: [] }),
      test,
    );
    expect(lossOf(byTier, 'click', 'served')).toBeLessThan(lossOf(forAll, 'click', 'served'));
    const alike = fitRunCalibrators(part('validation', { sureness: 2 }), { ...limits, method: 'platt' });
    expect(taskCalibrator(alike, 'click').segmentation).toBeNull();
  });

  it('takes the method that it is told to, by task too, and fits it on all of validation', () => {
    const validation = part('validation', { sureness: 2 });
    const record = fitRunCalibrators(validation, { ...limits, method: 'none', methods: { click: 'beta' }, segmentations: [] });
    expect(record.tasks.map(({ method }) => method)).toEqual(['beta', 'none', 'none']);
    expect(taskCalibrator(record, 'click').overall).toEqual(fitCalibrator('beta', labelledTask(validation.tasks[0]!, 'raw')!));
    expect(taskCalibrator(record, 'click').why).toBe('beta was asked for; no segments were tried.');
    const again = { ...limits, method: 'temperature' } as const;
    expect(fitRunCalibrators(validation, again)).toEqual(fitRunCalibrators(validation, again));
  });

  it('weighs late outcomes: of a rare task, the mean probability comes to be the mean label, not that of what has come so far', () => {
    const validation = part('validation', { sureness: 2 });
    const like = validation.tasks[1]!;
    const late = { ...validation, tasks: [{ ...like, labels: like.labels.map((label, at) => (at % 3 === 0 ? label * 1.5 : label)) }] };
    const record = fitRunCalibrators(late, { ...limits, method: 'platt', segmentations: [] });
    const served = calibrateImpressions(record, late).tasks[0]!;
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(record.tasks[0]!.rate).toBeCloseTo(mean(served.labels), 6);
    expect(mean(served.labels) / mean(like.labels)).toBeGreaterThan(1.1);
    expect(mean(served.calibrated!) / mean(served.labels)).toBeCloseTo(1, 1);
  });

  it('refuses the test part, and what it is not told', () => {
    expect(() => fitRunCalibrators(part('test'))).toThrow(/calibrators are fitted on validation, and these impressions are the test part/);
    expect(() => fitRunCalibrators(part('validation'), { folds: 1 })).toThrow(/folds is 1/);
    expect(() => fitRunCalibrators(part('validation'), { methods: { share: 'platt' } })).toThrow(
      /methods is share: give tasks of the impressions: click/,
    );
    expect(() => fitRunCalibrators(part('validation'), { method: 'magic' as 'platt' })).toThrow(/method is magic/);
    expect(() => fitRunCalibrators(part('validation'), { segmentations: ['age'] })).toThrow(
      /segmentations is age: give those of the impressions: tier, surface/,
    );
  });
});

describe('applyCalibrators', () => {
  const record = fitRunCalibrators(part('validation', { sureness: 2.5 }), { ...limits, method: 'isotonic', segmentations: [] });

  it('gives what the calibrator gives, never surer than its evidence', () => {
    const { overall, bound, examples } = taskCalibrator(record, 'like');
    expect(bound).toBe(1 / (examples + 2));
    const scores = Float64Array.of(0, 0.001, 0.1, 0.4, 0.9, 1);
    const plain = applyCalibrator(overall!, scores);
    expect(applyCalibrators(record, 'like', scores)).toEqual(plain.map((p) => Math.min(1 - bound, Math.max(bound, p))));
    expect(Math.min(...applyCalibrators(record, 'like', scores))).toBeGreaterThan(0);
    expect(applyCalibrators(record, 'like', scores, null, scores)).toBe(scores);
  });

  it("takes each score's own segment's calibrator; for a code that is none, the one for all", () => {
    const [one, other] = ['platt', 'beta'].map((method) =>
      fitCalibrator(method as 'platt', labelledTask(part('validation', { sureness: 3 }).tasks[0]!, 'raw')!),
    );
    const tasks = record.tasks.map((task) => ({
      ...task,
      segmentation: 'tier',
      bound: 0,
      segments: [
        { name: 'a', calibrator: one! },
        { name: 'b', calibrator: null },
        { name: 'c', calibrator: other! },
      ],
    }));
    const scores = Float64Array.of(0.3, 0.3, 0.3, 0.3, 0.3);
    const given = applyCalibrators({ ...record, tasks }, 'click', scores, Uint8Array.of(0, 1, 2, 3, 255));
    const [all] = applyCalibrator(tasks[0]!.overall!, Float64Array.of(0.3));
    expect(Array.from(given)).toEqual([applyCalibrator(one!, scores)[0], all, applyCalibrator(other!, scores)[0], all, all]);
  });

  it('refuses an unknown task, a score that is none, and arrays that do not fit', () => {
    expect(() => applyCalibrators(record, 'share', new Float64Array(1))).toThrow(/task is share: the run's calibrators have click, like/);
    expect(() => applyCalibrators(record, 'click', Float64Array.of(1.2))).toThrow(/score 0 is 1.2/);
    expect(() => applyCalibrators(record, 'click', new Float64Array(2), new Uint8Array(1))).toThrow(/there are 2 scores, 1 segment codes/);
  });

  it("refuses another model's scores, and impressions without the segmentation", () => {
    const other = part('test', { model: 'B' });
    expect(() => calibrateImpressions(record, other)).toThrow(/the calibrators are those of model A and the scores are model B's/);
    const tasks = record.tasks.map((task) => ({ ...task, segmentation: 'age', segments: [{ name: 'old', calibrator: null }] }));
    expect(() => calibrateImpressions({ ...record, tasks }, part('test'))).toThrow(
      /calibrated by segment of age, which the impressions lack/,
    );
  });
});

describe('the file', () => {
  let folder: string;
  const record = fitRunCalibrators(part('validation', { sureness: 2 }), limits);
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nisus-calibrators-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives back what was written to the model that it was fitted for, and to no other; null where there is none', async () => {
    expect(await readCalibrators(folder, 'model-A')).toBeNull();
    await writeCalibrators(folder, record);
    expect(await readCalibrators(folder, 'model-A')).toEqual(record);
    await expect(readCalibrators(folder, 'model-B')).rejects.toMatchObject({
      code: 'CALIBRATION_RECORD',
      message: expect.stringMatching(/scores of another model \(model-A, this one is model-B\)/),
    });
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, -30), /is not JSON/],
    ['changed', (text: string) => text.replace('"kind":"', '"kind":"x'), /not what was written/],
    ['of something else', () => 'null', /not what was written/],
  ])('refuses a file that is %s', async (_, change, says) => {
    await writeCalibrators(folder, record);
    const file = path.join(folder, CALIBRATORS_FILE);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    await expect(readCalibrators(folder, 'model-A')).rejects.toMatchObject({
      code: 'CALIBRATION_RECORD',
      message: expect.stringMatching(says),
    });
  });

  it('refuses a record of another version, and one with a task twice', () => {
    expect(() => parseRunCalibrators({ ...record, formatVersion: 2 })).toThrow(/format version 2, this version of Nisus reads 1/);
    expect(() => parseRunCalibrators({ ...record, tasks: [record.tasks[0], record.tasks[0]] })).toThrow(/damaged: .*different names/s);
  });
});
