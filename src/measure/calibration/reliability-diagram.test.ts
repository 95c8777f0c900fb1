import { describe, expect, test } from 'vitest';
import { drawExamples, goldenExamples } from './calibration.fixture.ts';
import { reliabilityDiagram } from './reliability-diagram.ts';
import { binScores } from './score-bins.ts';

/** Every tag that opens is closed in order, and attributes are quoted: enough XML for what is drawn here. */
function checkWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, closing, name, attributes, selfClosing] of svg.matchAll(/<(\/?)([a-z]+)((?:\s[a-zA-Z0-9:-]+="[^"<]*")*)\s*(\/?)>/g)) {
    if (closing === '/') expect(open.pop()).toBe(name);
    else if (selfClosing !== '/') open.push(name!);
    expect(attributes).not.toMatch(/NaN|Infinity|undefined/);
  }
  expect(open).toEqual([]);
  expect(svg.match(/</g)!.length).toBe([...svg.matchAll(/<(\/?)([a-z]+)((?:\s[a-zA-Z0-9:-]+="[^"<]*")*)\s*(\/?)>/g)].length);
}

describe('reliabilityDiagram', () => {
  const before = { name: 'before', bins: binScores(goldenExamples('logit', true), { binning: 'equal-width', bins: 10 }) };
  const after = { name: 'after <b> & "c"', bins: binScores(goldenExamples('probability', false), { bins: 5 }) };

  test('is well-formed, escaped, the same bytes each time, with a mark and a whisker a bin', () => {
    const svg = reliabilityDiagram([before, after], { title: 'A & B', xLabel: 'said', yLabel: 'came' });
    checkWellFormed(svg);
    expect(reliabilityDiagram([before, after], { title: 'A & B', xLabel: 'said', yLabel: 'came' })).toBe(svg);
    expect(svg).toContain('after &lt;b&gt; &amp; &quot;c&quot;');
    expect(svg.match(/whisker"/g)!.length).toBe(before.bins.length + after.bins.length);
    for (const text of ['A &amp; B', '>said<', '>came<', '>scores<', 'prefers-color-scheme:dark']) expect(svg).toContain(text);
    // One mark a bin and one in the legend.
    expect(svg.match(/<circle class="s0"/g)!.length).toBe(before.bins.length + 1);
  });

  test('places a bin where its means are', () => {
    const bins = binScores({ scores: Float64Array.of(0.75, 0.75, 0.75, 0.75), input: 'probability', labels: Uint8Array.of(1, 0, 0, 0) });
    const svg = reliabilityDiagram([{ name: 'one', bins }]);
    checkWellFormed(svg);
    // The square of 460 begins at (68, 76).
    expect(svg).toContain(`<circle class="s0" cx="${(68 + 0.75 * 460).toFixed(1)}" cy="${(76 + 0.75 * 460).toFixed(1)}"`);
    expect(svg).toContain('ECE 50.00 %');
  });

  test('rare events fill the picture; six series, bins of one value and certain labels are drawn', () => {
    const rare = binScores(drawExamples(5000, 1, undefined, -6));
    const svg = reliabilityDiagram(Array.from({ length: 6 }, (_, at) => ({ name: `series ${at}`, bins: rare })));
    checkWellFormed(svg);
    expect(svg).toMatch(/text-anchor="middle">0\.(1|05|2)</);
    expect(svg).not.toContain('text-anchor="middle">1<');
    const sure = binScores({ scores: Float64Array.of(1, 0), input: 'probability', labels: Uint8Array.of(1, 0) });
    checkWellFormed(reliabilityDiagram([{ name: 'sure', bins: sure }]));
  });

  test('refuses nothing, too much, and series without bins', () => {
    expect(() => reliabilityDiagram([])).toThrow(/number of series is 0: give from 1 to 6/);
    expect(() => reliabilityDiagram(Array.from({ length: 7 }, () => before))).toThrow(/number of series is 7/);
    expect(() => reliabilityDiagram([{ name: 'x', bins: [] }])).toThrow(/bins of x is 0/);
  });
});
