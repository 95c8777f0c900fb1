import type { FeatureView } from '../../data/features/feature-declaration.ts';
import { formatTable } from '../words/table.ts';
import { formatCountOf } from '../words/amounts.ts';
import { formatMoment } from '../words/moments.ts';
import { valueWords } from './feature-words.ts';
import type { FeatureReading, FeatureRow } from './read-platform.ts';

/**
 * What was read, in words: a block a key. Lines without a last break.
 *
 * @param showKey a key as a person types it
 */
export function readingText(view: FeatureView, reading: FeatureReading, showKey: (key: string) => string): string {
  const behind = reading.eventsBehind === 0 ? '' : `, ${formatCountOf(reading.eventsBehind, 'event')} behind the log`;
  const table = formatTable(
    reading.rows.flatMap(({ values }) => Object.entries(values).map(([name, value]) => [name, valueWords(view.features[name]!, value)])),
  ).split('\n');
  const blocks = reading.rows.map((row) => {
    const lines = table.splice(0, Object.keys(row.values).length);
    return `\n${showKey(row.key)}, ${touchedWords(row)}\n${lines.join('\n')}`;
  });
  return [`${view.name} at ${formatMoment(reading.atMs)} UTC${behind}`, ...blocks].join('\n');
}

function touchedWords({ touchedMs }: FeatureRow): string {
  return touchedMs === null
    ? 'no events that are kept: the values of a key that nothing is known of'
    : `last moved ${formatMoment(touchedMs)}`;
}
