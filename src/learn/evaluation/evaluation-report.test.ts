import { describe, expect, test } from 'vitest';
import type { Ranker } from '../interaction-sequences.ts';
import { compareResults } from './compare-results.ts';
import { evaluate } from './evaluate.ts';
import { createReport } from './evaluation-report.ts';
import { formatEstimate, formatFigure } from './format-estimate.ts';
import { splitLeaveOneOut } from './leave-one-out.ts';
import { reportJson } from './report-json.ts';
import { reportMarkdown } from './report-markdown.ts';
import { reportText } from './report-text.ts';
import { sequencesOfLists } from './sequences-of-lists.ts';

const lists = [
  [0, 1, 2],
  [1, 2, 3],
  [2, 3, 0],
];
const cases = splitLeaveOneOut(sequencesOfLists(lists, 4)).test;

function chain(name: string, step: number): Ranker {
  return {
    name,
    itemCount: 4,
    score: async ({ histories }) =>
      Float32Array.from(histories.flatMap((history) => [0, 1, 2, 3].map((item) => Number(item === (history.at(-1)! + step) % 4)))),
  };
}

async function example() {
  const options = { cutoffs: [1], seed: 5 };
  const good = await evaluate(chain('adds | one', 1), cases, options);
  const poor = await evaluate(chain('adds three', 3), cases, options);
  return createReport(
    { name: 'three users', fingerprint: '0123456789abcdef', users: 3, items: 4, interactions: 9 },
    [
      { result: good, fitSeconds: 1.26 },
      { result: { ...poor, invalidScores: 2 }, fitSeconds: null },
      { ranker: 'huge', skipped: 'Too many items.' },
    ],
    [compareResults(good, poor)],
  );
}

test('figures have four digits and no leading zero', () => {
  expect([0.12344, 0, 1, -0.002, 0.99999, -1].map(formatFigure)).toEqual(['.1234', '.0000', '1.0000', '-.0020', '1.0000', '-1.0000']);
  expect(formatEstimate(0.1234, [0.12, 0.127])).toBe('.1234 [.1200, .1270]');
  expect(formatEstimate(0.1234, null)).toBe('.1234');
});

describe('reports', () => {
  test('as text: the protocol, aligned columns, what was skipped', async () => {
    const text = reportText(await example());
    const [protocol, table] = text.split('\n\n');
    expect(protocol).toBe(`Evaluation on three users
  data            three users: 3 users, 4 items, 9 interactions, fingerprint 0123456789ab
  split           leave-one-out, test (last item)
  candidates      all items (full ranking)
  seen items      left out, over the whole history; a target seen before stays a candidate
  history         whole
  ties            pessimistic: every candidate that scores as high as the target ranks before it
  invalid scores  NaN and +Infinity sink below all others and are counted
  counted         3 users, 3 cases; metrics are means over cases
  seed            5
  intervals       95 % percentile bootstrap, 1000 resamples over users; coverage and Gini centred on the estimate`);
    const [title, header, ...rows] = table!.split('\n');
    expect([title, header!.trim().split(/ {2,}/)]).toEqual([
      'At 1',
      ['ranker', 'HR@1', 'NDCG@1', 'MRR@1', 'coverage@1', 'Gini@1', 'fit s', 'score s'],
    ]);
    for (const row of rows) {
      for (const label of ['HR@1', 'MRR@1', 'fit s']) {
        expect(row.slice(header!.indexOf(label) - 1)).toMatch(/^ (1?\.\d{4} \[|\d\.\d|–)/);
      }
    }
    expect(rows[0]).toMatch(/^ {2}adds \| one .* 1\.3 +–$/);
    expect(text).toContain('adds | one minus adds three, paired');
    expect(text).toContain('HR@1    1.0000 [1.0000, 1.0000]');
    expect(text).toContain('huge: skipped. Too many items.');
    expect(text).toContain('adds three: 2 scores were NaN or +Infinity.');
  });

  test('as Markdown: tables with as many cells in every row, names that break nothing', async () => {
    const markdown = reportMarkdown(await example());
    expect(markdown).toContain('# Evaluation on three users');
    expect(markdown).toContain('- **candidates**: all items (full ranking)');
    expect(markdown).toContain('| adds \\| one | 1.0000 [1.0000, 1.0000] |');
    const table = markdown
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(0, 4);
    // Eight cells, and what stands before the first and after the last bar.
    expect(table.map((line) => line.split(/(?<!\\)\|/).length)).toEqual([10, 10, 10, 10]);
    expect(markdown).toContain('- huge: skipped. Too many items.');
  });

  test('as JSON: the record and the protocol in words', async () => {
    const report = await example();
    const read = JSON.parse(reportJson(report));
    expect(read).toMatchObject(JSON.parse(JSON.stringify(report)));
    expect(read.protocolText.candidates).toBe('all items (full ranking)');
    expect(read.rows[2]).toMatchObject({ ranker: 'huge', skipped: 'Too many items.', metrics: [] });
  });

  test('sampled candidates and a cut history are said', async () => {
    const result = await evaluate(chain('adds one', 1), cases, {
      candidates: { kind: 'sampled', by: 'uniform', negatives: 1 },
      historyLengthMax: 2,
      seenItems: 'kept',
      bootstrap: null,
    });
    const text = reportText(
      createReport({ name: 'x', fingerprint: null, users: 3, items: 4, interactions: 9 }, [{ result, fitSeconds: 0 }]),
    );
    expect(text).toContain('the target and 1 sampled negatives (uniform, without replacement): not comparable');
    expect(text).toContain('the latest 2 items');
    expect(text).toContain('kept as candidates');
    expect(text).toContain('intervals       none');
    expect(text).not.toContain('coverage@');
  });

  test('refuses to mix protocols and to report nothing', async () => {
    const dataset = { name: 'x', fingerprint: null, users: 3, items: 4, interactions: 9 };
    const one = await evaluate(chain('one', 1), cases, { bootstrap: null });
    const other = await evaluate(chain('other', 1), cases, { bootstrap: null, seenItems: 'kept' });
    const entries = [one, other].map((result) => ({ result, fitSeconds: null }));
    expect(() => createReport(dataset, entries)).toThrow(expect.objectContaining({ code: 'REPORT_PROTOCOLS' }));
    expect(() => createReport(dataset, [{ ranker: 'x', skipped: 'y' }])).toThrow(expect.objectContaining({ code: 'REPORT_EMPTY' }));
  });
});
