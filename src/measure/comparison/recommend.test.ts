import { expect, it } from 'vitest';
import type { ComparedCell, Finding, MetricComparison } from './comparison.ts';
import { comparisonOptions } from './comparison-options.ts';
import { findingsOf } from './findings.ts';
import { recommend } from './recommend.ts';

const options = comparisonOptions();

/** A metric of which B has so much more, with its standard error. */
function metric(name: MetricComparison['metric'], difference: number, error = 0.001): MetricComparison {
  const interval = [difference - 2 * error, difference + 2 * error] as const;
  const pValue = Math.abs(difference) > 4 * error ? 1e-6 : Math.abs(difference) > 2 * error ? 0.04 : 0.5;
  const lessIsBetter = name !== 'AUC';
  return {
    ...{ metric: name, lessIsBetter, difference, interval, standardError: error, pValue, resamples: 1000 },
    ...{ first: { value: 0.8, interval: [0.79, 0.81] }, second: { value: 0.8 + difference, interval: [0.79, 0.81] } },
  };
}

function cell(
  task: string,
  metrics: readonly MetricComparison[],
  segment: string | null = null,
  tooSmall: string | null = null,
): ComparedCell {
  return { task, segmentation: segment === null ? null : 'tier', segment, examples: 5000, users: 500, rate: 0.1, tooSmall, metrics };
}

const judged = (cells: readonly ComparedCell[], given = options) =>
  recommend(
    findingsOf(cells, () => 'normalised entropy', given),
    cells,
    given,
  );
const entropy = (difference: number, error?: number) => metric('normalised entropy', difference, error);

it.each<[string, readonly ComparedCell[], string, RegExp]>([
  [
    'better on one, unclear on another',
    [cell('click', [entropy(-0.01)]), cell('like', [entropy(0)])],
    'ship B',
    /better on 1 of 2 primary tasks/,
  ],
  ['worse on one', [cell('click', [entropy(0.01)]), cell('like', [entropy(0)])], 'keep A', /worse on 1 of 2 primary tasks/],
  [
    'better and worse',
    [cell('click', [entropy(-0.01)]), cell('like', [entropy(0.01)])],
    'mixed',
    /B is better on click, and worse on like\. The rules do not weigh/,
  ],
  [
    'nothing',
    [cell('click', [entropy(0.001)])],
    'no difference',
    /the smallest that they would is \.0028 in normalised entropy\. Keep A unless B is cheaper/,
  ],
  [
    'better, a guarded task worse',
    [cell('click', [entropy(-0.01)]), cell('negative-feedback', [entropy(0.01)])],
    'mixed',
    /worse on guarded negative-feedback/,
  ],
  [
    'better, calibration worse beyond a tenth of the rate',
    [cell('click', [entropy(-0.01), metric('debiased ECE', 0.02)])],
    'mixed',
    /worse in the calibration of click/,
  ],
  [
    'better, calibration worse within a tenth of the rate',
    [cell('click', [entropy(-0.01), metric('debiased ECE', 0.009)])],
    'ship B',
    /better on click/,
  ],
  [
    'better, a segment harmed',
    [cell('click', [entropy(-0.01)]), cell('click', [entropy(0.01)], 'cold start')],
    'mixed',
    /worse within a segment on click \(cold start\)/,
  ],
  [
    'only a segment better',
    [cell('click', [entropy(0)]), cell('click', [entropy(-0.01)], 'cold start')],
    'ship B',
    /no primary task is told apart over all, but B is better within a segment on click \(cold start\)/,
  ],
])('%s', (_, cells, verdict, headline) => {
  const { verdict: found, headline: said } = judged(cells);
  expect([found, said]).toEqual([verdict, expect.stringMatching(headline)]);
});

it('does not count what is surely there in a segment, but too small to matter', () => {
  const small = [cell('click', [entropy(-0.01)]), cell('click', [entropy(0.0009, 0.0001)], 'cold start')];
  expect(judged(small).verdict).toBe('ship B');
  expect(judged(small, { ...options, relevantDifference: 0 }).verdict).toBe('mixed');
});

it('corrects for the number of tasks: what is found alone may be nothing among ten', () => {
  expect(judged([cell('click', [entropy(-0.003)])]).verdict).toBe('ship B');
  const ten = Array.from({ length: 10 }, (_, at) => cell(`task ${at}`, [entropy(at === 0 ? -0.003 : 0)]));
  expect(judged(ten).verdict).toBe('no difference');
});

it('tells what the data cannot rule out, what orders better but says worse, and what is too small', () => {
  const { cautions, reasons } = judged([
    cell('click', [entropy(0.02), metric('AUC', 0.02), metric('debiased ECE', 0.009)]),
    cell('negative-feedback', [entropy(0.001)]),
    cell('click', [], 'stable', '7 users, fewer than 30'),
  ]);
  expect(cautions).toEqual([
    'negative-feedback: these data do not rule out that its normalised entropy worsens by as much as .0030.',
    'click: these data do not rule out that its debiased ECE worsens by as much as .0110, more than the .0100 allowed.',
    'click: B orders better (AUC .8000 → .8200) but A gives the better probabilities: calibrate B on validation and compare again.',
    '1 of 3 cells is too small to be measured, such as click, tier: stable (7 users, fewer than 30).',
  ]);
  expect(reasons).toEqual([
    'click: normalised entropy .8000 → .8200, worse by .0200 [.0180, .0220], adjusted p < .001.',
    'Guarded, and not shown to worsen: negative-feedback.',
    'Calibration is not shown to worsen beyond its tolerance.',
  ]);
});

it('decides by the tasks that it is told to, also by guarded ones where there are no others', () => {
  const cells = [cell('click', [entropy(-0.01)]), cell('like', [entropy(0.01)])];
  expect(judged(cells, { ...options, primaryTasks: ['click'] }).verdict).toBe('ship B');
  expect(judged([cell('negative-feedback', [entropy(-0.01)])]).findings.map(({ role }: Finding) => role)).toEqual(['primary']);
});

it('says so where the usual guard could not be measured', () => {
  const { cautions } = judged([cell('click', [entropy(-0.01)]), cell('negative-feedback', [], null, '31 places that happened')]);
  expect(cautions[0]).toBe(
    'negative-feedback is guarded and could not be measured (31 places that happened): nothing here says that it does not worsen.',
  );
});

it('refuses to guard what is not compared, or what decides', () => {
  const cells = [cell('click', [entropy(-0.01)]), cell('like', [entropy(0)])];
  expect(() => judged(cells, { ...options, guardTasks: ['bogus'] })).toThrow('guarded task bogus is not compared: there are click, like');
  const both = { ...options, primaryTasks: ['click'], guardTasks: ['click'] };
  expect(() => judged(cells, both)).toThrow('task click is both primary and guarded: name it once');
  const usual = { ...options, primaryTasks: ['negative-feedback'] };
  expect(judged([cell('negative-feedback', [entropy(0)]), ...cells], usual).verdict).toBe('no difference');
});
