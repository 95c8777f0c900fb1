import { expect, test } from 'vitest';
import type { Gate } from '../../bench/gate/gate-file.ts';
import type { GateResult } from '../../bench/gate/result-file.ts';
import { withFigures } from './readme-figures.ts';

const gate = (id: string, bar: Gate['bar']): Gate => ({
  id,
  what: `what ${id} is`,
  command: 'node x.ts',
  bar,
  stretch: [],
  runs: 1,
  timeoutMinutes: 1,
});
const gates = [
  gate('quality', [
    { metric: 'hstuNdcg10', operator: '>=', value: 0.172 },
    { metric: 'trainingMinutes', operator: '<=', value: 60 },
  ]),
  gate('later', [{ metric: 'rowsPerSecond', operator: '>=', value: 300_000 }]),
];
const result = (figures: GateResult['figures'], passed = true): GateResult => ({
  id: 'quality',
  passed,
  stretchReached: false,
  figures,
  protocol: 'full ranking',
  command: 'node x.ts',
  machine: { cpu: 'CPU', cores: 2, memoryGiB: 7.8, platform: 'linux-x64', node: 'v24.0.0' },
  revision: { commit: 'abc', isDirty: false },
  date: '2026-01-01T00:00:00.000Z',
});
const markers = '<!-- figures: begin, written by `npm run readme:figures` from bench/results -->\nold\n<!-- figures: end -->';

test('figures stand with name, unit, bar and command; what was not measured says so', () => {
  const text = withFigures(`before\n${markers}\nafter\n`, gates, (id) =>
    id === 'quality' ? result({ hstuNdcg10: 0.17654, trainingMinutes: 41.26 }) : null,
  );
  expect(text).toContain(
    '| what quality is | HSTU NDCG@10 ≥ 0.172<br>training ≤ 60 min | 0.1765<br>41.3 min | yes | `npm run gate -- quality` |',
  );
  expect(text).toContain('| what later is | rows per second ≥ 300,000 | *not yet* |  | `npm run gate -- later` |');
  expect(text).toContain('2 cores (CPU), 8 GiB');
  expect(text).not.toContain('old');
  expect(text.startsWith('before\n')).toBe(true);
  expect(text.endsWith('\nafter\n')).toBe(true);
});

test('writing twice changes nothing, another figure does', () => {
  const first = withFigures(markers, gates, () => result({ hstuNdcg10: 0.18, trainingMinutes: 40 }, false));
  expect(first).toContain('**no**');
  expect(withFigures(first, gates, () => result({ hstuNdcg10: 0.18, trainingMinutes: 40 }, false))).toBe(first);
  expect(withFigures(first, gates, () => result({ hstuNdcg10: 0.19, trainingMinutes: 40 }, false))).not.toBe(first);
});

test('a document without the markers is an error that shows them', () => {
  expect(() => withFigures('# Nisus', gates, () => null)).toThrow(/figures: begin/);
});
