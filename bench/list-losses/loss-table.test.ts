import { expect, it } from 'vitest';
import { lossTable } from './loss-table.ts';

it('gives means with deviations over seeds, and brackets where a loss implies no probability', () => {
  const columns = [
    { key: 'ndcg10', title: 'NDCG@10', digits: 3, ofProbability: false },
    { key: 'ece', title: 'ECE', digits: 2, ofProbability: true },
  ] as const;
  const { text, figures } = lossTable(
    [
      { key: 'bce', name: 'BCE', impliesProbability: true, seeds: [{ ndcg10: 0.25, ece: 0.01 }] },
      {
        key: 'order',
        name: 'an order',
        impliesProbability: false,
        seeds: [
          { ndcg10: 0.5, ece: 0.2 },
          { ndcg10: 0.6, ece: 0.4 },
        ],
      },
    ],
    columns,
  );
  expect(text.split('\n')).toEqual([
    '| loss | NDCG@10 | ECE |',
    '|---|---|---|',
    '| BCE | .250 | .01 |',
    '| an order | .550 ± .071 | (.30 ± .14) |',
  ]);
  expect(figures).toEqual({ 'bce.ndcg10': 0.25, 'bce.ece': 0.01, 'order.ndcg10': 0.55, 'order.ece': 0.3 });
});
