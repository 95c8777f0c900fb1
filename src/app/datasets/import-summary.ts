import type { ImportReport } from '../../data/events/import-interactions.ts';
import { formatCount, formatDuration } from '../words/amounts.ts';

/** What an import did, in words: counts, what was set aside and why, where it lies. Lines without a last break. */
export function importSummary({ folder, manifest, rejectsFile, durationMs }: ImportReport): string {
  const { counts, source } = manifest;
  const lines = [
    `Imported ${manifest.name}: ${formatCount(counts.interactions)} interactions of ${formatCount(counts.users)} users with ${formatCount(counts.items)} items, ordered by ${manifest.order}`,
  ];
  if (source !== null) {
    const seconds = durationMs / 1000;
    lines.push(
      `  read      ${formatCount(source.rowsRead)} rows as ${source.format} in ${formatDuration(seconds)} (${formatCount(source.rowsRead / Math.max(seconds, 1e-3))} rows/s)`,
    );
    if (manifest.firstTimeMs !== null && manifest.lastTimeMs !== null) {
      const span = [manifest.firstTimeMs, manifest.lastTimeMs].map((timeMs) => new Date(timeMs).toISOString()).join(' to ');
      lines.push(`  times     ${span}${source.timeUnit === null ? '' : `, numbers taken as ${source.timeUnit}`}`);
    }
    for (const [filter, rows] of Object.entries(source.filtered))
      if (rows > 0) lines.push(`  left out  ${formatCount(rows)} by the ${filter} filter`);
    for (const [reason, rows] of Object.entries(source.rejects.byReason))
      if (rows > 0) lines.push(`  rejected  ${formatCount(rows)} ${reason}`);
    if (rejectsFile !== null) lines.push(`  rejects   ${rejectsFile}`);
  }
  lines.push(`  folder    ${folder}`);
  return lines.join('\n');
}
