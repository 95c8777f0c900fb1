import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseGates } from '../../bench/gate/gate-file.ts';
import { readResult } from '../../bench/gate/result-file.ts';
import { withFigures } from './readme-figures.ts';

/** README.md as it should stand: with the figures that lie in `bench/results` now. */
export function currentFigures(root: string, document: string): string {
  const gates = parseGates(readFileSync(path.join(root, 'bench/gates.json'), 'utf8'));
  return withFigures(document, gates, (id) => readResult(path.join(root, 'bench/results'), id));
}
