import type { FeatureValidation } from '../../data/features/validate-features.ts';
import { formatBytes } from '../words/bytes.ts';
import { formatCount, formatCountOf } from '../words/amounts.ts';
import { formatTable } from '../words/table.ts';

/** What a validation found, in words. Lines without a last break. */
export function validationText({ findings, costs, eventsSampled }: FeatureValidation): string {
  const features = costs.reduce((sum, cost) => sum + cost.features, 0);
  const table = formatTable(
    [
      ['view', 'features', 'keys', 'state a key', 'records an event'],
      ...costs.map(({ view, features, keys, bytesPerKey, recordsPerEvent }) => [
        view,
        String(features),
        formatCount(keys),
        keys === 0 ? '–' : formatBytes(bytesPerKey),
        recordsPerEvent.toFixed(2),
      ]),
    ],
    [1, 2, 3, 4],
  );
  return [
    `${formatCountOf(features, 'feature')} in ${formatCountOf(costs.length, 'view')}, held against the last ${formatCountOf(eventsSampled, 'event')}`,
    '',
    table,
    '',
    findings.length === 0 ? 'Nothing doubtful found.' : `${formatCountOf(findings.length, 'thing')} to look at:`,
    ...findings.map(({ message }) => `  ${message}`),
  ].join('\n');
}
