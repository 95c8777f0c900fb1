import { beforeAll, describe, expect, it } from 'vitest';
import { simulateImpressions } from '../impressions/simulated-impressions.fixture.ts';
import { calibrationPanels } from './calibration-panels.ts';
import { compareImpressions } from './compare-impressions.ts';
import type { Comparison } from './comparison.ts';
import { figure, magnitude, signed } from './comparison-words.ts';
import { comparisonMarkdown } from './comparison-markdown.ts';
import { comparisonText } from './comparison-text.ts';
import { forestPlot } from './forest-plot.ts';

let comparison: Comparison;
beforeAll(async () => {
  const first = simulateImpressions({ users: 60, noise: 1.5 });
  const second = simulateImpressions({ users: 60, noise: 0.2, model: 'B' });
  const named = { ...second, source: { ...second.source, model: { name: 'B <script>|`*', fingerprint: 'b'.repeat(64) } } };
  comparison = await compareImpressions(first, named, { resamples: 100, usersMin: 31, outcomesMin: 5 });
});

/** Every tag that opens closes, attributes are quoted, and no number is NaN. */
function checkWellFormed(svg: string): void {
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  const open: string[] = [];
  for (const [, closing, name, rest] of svg.matchAll(/<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*\s*\/?)>/gi)) {
    if (closing === '/') expect(open.pop()).toBe(name);
    else if (!rest!.endsWith('/')) open.push(name!);
  }
  expect(open).toEqual([]);
  expect(svg.replaceAll(/<\/?[a-z]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/gi, '').replace(/\{[^}]*\}/g, '')).not.toMatch(/[<>]/);
}

describe('pictures', () => {
  it('forest: a panel a task, a row a segment, those that are too small named', () => {
    const svg = forestPlot(comparison);
    checkWellFormed(svg);
    expect(forestPlot(comparison)).toBe(svg);
    for (const text of ['click', 'like', 'negative-feedback', 'worth', 'cold start', 'search', 'B &lt;script&gt;', ', guarded'])
      expect(svg).toContain(text);
    // Tiers have 30 users each, fewer than 31; surfaces have more.
    expect(svg.match(/too small/g)).toHaveLength(8);
    expect(svg.match(/<polygon/g)).toHaveLength(4);
    expect(svg.match(/← A better/g)).toHaveLength(4);
  });

  it('forest: an interval that is far wider than those over all is cut with an arrow', () => {
    const wide = comparison.cells.map((cell) =>
      cell.task === 'click' && cell.segment === 'feed'
        ? { ...cell, metrics: cell.metrics.map((metric) => ({ ...metric, interval: [-5, 5] as const })) }
        : cell,
    );
    const svg = forestPlot({ ...comparison, cells: wide });
    checkWellFormed(svg);
    expect(svg.match(/<path/g)).toHaveLength(2);
  });

  it('calibration: a panel a task with probabilities, both models in each', () => {
    const svg = calibrationPanels(comparison)!;
    checkWellFormed(svg);
    expect(svg.match(/debiased ECE: A \.\d{4}, B \.\d{4}/g)).toHaveLength(3);
    expect(svg.match(/<polyline class="s0/g)).toHaveLength(3);
    expect(svg.match(/<polyline class="s1/g)).toHaveLength(3);
    expect(calibrationPanels({ ...comparison, reliability: [] })).toBeNull();
  });
});

describe('reports', () => {
  it('Markdown begins with the recommendation, shows the pictures, and lets no name break it', () => {
    const page = comparisonMarkdown(comparison, [{ title: 'Differences', file: 'differences.svg' }]);
    expect(page.indexOf('## Recommendation')).toBeLessThan(page.indexOf('## click'));
    expect(page).toContain(`**${comparison.recommendation.headline}**`);
    expect(page).toContain('![Differences](differences.svg)');
    expect(page).toContain(String.raw`B \<script\>\|\`\* (bbbbbbbbbbbb)`);
    expect(page).not.toMatch(/(?<!\\)<script/);
    const widths = page
      .split('\n')
      .filter((line) => line.startsWith('| segment') || line.startsWith('| tier'))
      .map((line) => line.split(/(?<!\\)\|/).length);
    expect(new Set(widths).size).toBeLessThanOrEqual(2);
    expect(page).toMatch(/\| tier: cold start \| \d+ \| 30 \| \S+ \| not measured: 30 users, fewer than 31 \|/);
    expect(page).toContain('Holm over each of these families');
  });

  it('text ends with the recommendation, its columns aligned', () => {
    const text = comparisonText(comparison);
    expect(text.trim().split('\n\n').at(-2)).toContain(comparison.recommendation.headline);
    expect(text).toMatch(/^ {2}metric +A +B +B − A +p$/m);
    expect(text).toMatch(/^ {2}guarded {8}negative-feedback: must not worsen$/m);
  });

  it('survives JSON', () => {
    expect(comparisonText(JSON.parse(JSON.stringify(comparison)) as Comparison)).toBe(comparisonText(comparison));
  });
});

it('writes figures so that none is read wrongly', () => {
  expect([0.1234, 1.5, -0.02, -0.00001, 0, NaN].map(figure)).toEqual(['.1234', '1.5000', '−.0200', '.0000', '.0000', '–']);
  expect([0.1, -0.1, 0.00001].map(signed)).toEqual(['+.1000', '−.1000', '.0000']);
  expect([0.00012, -0.5, 0].map(magnitude)).toEqual(['.00012', '.5000', '.0000']);
});
