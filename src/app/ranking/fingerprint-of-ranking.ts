import { createHash } from 'node:crypto';
import type { RankingData } from './open-ranking-data.ts';

/** SHA-256 (hex) of what a ranking model could learn from: columns, texts and tasks. */
export function fingerprintOfRanking({ sequences, pages, subjects, outcomes }: RankingData): string {
  const hash = createHash('sha256');
  const add = (values: ArrayBufferView) => void hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  for (const columns of [sequences, pages, subjects]) {
    for (const value of Object.values(columns)) {
      if (ArrayBuffer.isView(value)) add(value);
      else if (Array.isArray(value)) hash.update(value.join('\u0000'));
    }
  }
  for (const delays of Object.values(outcomes.delaysMs)) add(delays);
  hash.update(JSON.stringify([sequences.vocabulary.actions, sequences.vocabulary.surfaces, outcomes.tasks]));
  return hash.digest('hex');
}
