// `npm run walls`: fails when a wing knows what it must not know.

import path from 'node:path';
import { checkWalls } from './check-walls.ts';

const root = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '../..'));
const { fileCount, importCount, breaches } = checkWalls(root);
for (const { file, line, message } of breaches) console.error(`${file}:${line}: ${message}`);
console.log(`walls: ${fileCount} files, ${importCount} imports, ${breaches.length} ${breaches.length === 1 ? 'breach' : 'breaches'}`);
process.exitCode = breaches.length === 0 ? 0 : 1;
