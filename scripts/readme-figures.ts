// `npm run readme:figures`: writes the figures of bench/results into README.md. `npm run docs:check` fails while they are not those.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { currentFigures } from './docs/current-figures.ts';

const root = path.resolve(import.meta.dirname, '..');
const file = path.join(root, 'README.md');
const before = readFileSync(file, 'utf8');
const after = currentFigures(root, before);
if (after !== before) writeFileSync(file, after);
console.log(after === before ? 'README.md holds the figures of bench/results already.' : 'README.md: figures written.');
