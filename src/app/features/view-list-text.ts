import type { FeatureView } from '../../data/features/feature-declaration.ts';
import type { EventLogStatistics } from '../../data/events/event-log.ts';
import { formatTable } from '../words/table.ts';
import { formatCount, formatCountOf } from '../words/amounts.ts';
import { formatMoment } from '../words/moments.ts';
import { featureWords } from './feature-words.ts';
import type { ViewState } from './view-states.ts';

/**
 * Declared views as they stand, in words: a table a view. Lines without a last break.
 *
 * @param log null where there is none to compare with
 */
export function viewListText(views: readonly FeatureView[], states: readonly ViewState[], log: EventLogStatistics | null): string {
  const all = views.flatMap((view) => Object.entries(view.features).map(([name, definition]) => ({ name, ...featureWords(definition) })));
  // One table, so that the columns of all views stand below each other.
  const [header, ...rows] = formatTable([
    ['feature', 'kind', 'of', 'window'],
    ...all.map(({ name, kind, of, window }) => [name, kind, of, window]),
  ]).split('\n');
  const lines: string[] = [];
  views.forEach((view, at) => {
    const features = Object.keys(view.features).length;
    lines.push(`${view.name} (by ${view.entity}): ${formatCountOf(features, 'feature')}, ${stateWords(states[at]!, log)}`);
    lines.push(...(at === 0 ? [header!] : []), ...rows.splice(0, features), '');
  });
  return lines.join('\n').trimEnd();
}

function stateWords({ status, lacking, checkpoint, records }: ViewState, log: EventLogStatistics | null): string {
  const facts: string[] = [];
  if (status === 'missing') facts.push('not built');
  if (status === 'changed') facts.push(`built, but without ${namesOf(lacking)}`);
  if (status === 'building') facts.push('being built');
  if (status === 'ready') facts.push('built, for a stream to take over');
  if (status === 'built') facts.push('built');
  if (checkpoint === null) return facts.join('');
  facts.push(formatCountOf(records, 'key'), `${formatCountOf(checkpoint.events, 'event')} read`);
  if (checkpoint.late > 0) facts.push(`${formatCount(checkpoint.late)} too late for a sealed pane`);
  const behind = log === null ? 0 : log.nextOffset - Math.max(log.firstOffset, checkpoint.nextOffset);
  if (log !== null) facts.push(behind <= 0 ? 'up to date' : `${formatCountOf(behind, 'event')} behind`);
  if (Number.isFinite(checkpoint.receivedTimeMs)) facts.push(`last ${formatMoment(checkpoint.receivedTimeMs)}`);
  return facts.join(', ');
}

function namesOf(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
