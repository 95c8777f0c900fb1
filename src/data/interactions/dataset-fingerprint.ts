import { createHash } from 'node:crypto';
import type { ArrangedInteractions } from './arrange-interactions.ts';

/**
 * SHA-256 (hex) over ids, offsets, items and times. Name, titles, source and options do not count: two imports of the
 * same rows have the same fingerprint.
 */
export function fingerprintInteractions(interactions: ArrangedInteractions): string {
  const { userIds, itemIds, offsets, items, timesMs } = interactions;
  const hash = createHash('sha256');
  hash.update(`nisus-interactions 1\n${userIds.length} ${itemIds.length} ${items.length} ${timesMs !== null}\n`);
  for (const ids of [userIds, itemIds]) {
    let block = '';
    for (const id of ids) {
      // The length keeps "a","bc" and "ab","c" apart.
      block += `${id.length} ${id}\n`;
      if (block.length > 1 << 16) {
        hash.update(block);
        block = '';
      }
    }
    hash.update(block);
  }
  for (const array of [offsets, items, timesMs]) {
    if (array !== null) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return hash.digest('hex');
}
