import { hashTerm } from '../../hyper-log-log.ts';

type TermHash = readonly [high: number, low: number];

/** Terms whose hash is kept; two generations, so that the hot ones stay. */
const KEPT = 16_384;

/** {@link hashTerm} that keeps the hashes of hot terms. Bounded: 2 × 16,384 terms. */
export function createTermHasher(): (term: string) => TermHash {
  let young = new Map<string, TermHash>();
  let old = new Map<string, TermHash>();
  return (term) => {
    const kept = young.get(term);
    if (kept !== undefined) return kept;
    const hash = old.get(term) ?? hashTerm(term);
    if (young.size >= KEPT) {
      old = young;
      young = new Map();
    }
    young.set(term, hash);
    return hash;
  };
}
