/**
 * Parity of the two feature engines: every feature of the platform, for every key that there is, at several moments, and
 * rows of a point-in-time training set, on four logs.
 *
 *     node bench/features/parity.ts [--moments 5] [--rows 300] [--only retailrocket,ml-100k,world,generated] [--world tiny]
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { platformFeatures } from '../../src/data/features/platform-features.ts';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { compareEngines, type Comparison } from './compare-engines.ts';
import { PARITY_LOGS, type ParityLogName } from './parity-logs.ts';

const { values: options } = parseArgs({
  options: {
    moments: { type: 'string', default: '5' },
    rows: { type: 'string', default: '300' },
    only: { type: 'string', default: Object.keys(PARITY_LOGS).join(',') },
    world: { type: 'string', default: 'tiny' },
  },
});
const number = wholeNumbers(options);
const [moments, compared] = [number('moments'), number('rows')];
const data = process.env['NISUS_DATA'] ?? path.resolve(import.meta.dirname, '../../../shared/data');
if (!existsSync(data)) throw new Error(`The data sets are not at ${data}; say with NISUS_DATA where they are.`);

const figures: Record<string, number> = {};
const parts: string[] = [];
let checkedValues = 0;
let unequalValues = 0;
let tellingValues = 0;
for (const name of options.only.split(',') as ParityLogName[]) {
  const source = PARITY_LOGS[name];
  const temporaryFolder = mkdtempSync(path.join(tmpdir(), 'nisus-parity-'));
  try {
    const startMs = performance.now();
    const batches = await source.load({ data, world: options.world });
    const found = await compareEngines({
      batches,
      views: platformFeatures,
      moments,
      rows: { where: source.rows, compared },
      temporaryFolder,
    });
    note(name, found, (performance.now() - startMs) / 1000);
  } finally {
    rmSync(temporaryFolder, { recursive: true, force: true });
  }
}
const features = platformFeatures.reduce((sum, view) => sum + Object.keys(view.features).length, 0);
const machine = readMachine();
figures['checkedValues'] = checkedValues;
figures['unequalValues'] = unequalValues;
figures['tellingValues'] = tellingValues;
figures['parityPercent'] = 100 * (1 - unequalValues / checkedValues);
const protocol =
  `the platform's ${features} features over ${platformFeatures.length} entities, every key of the log at ${moments} moments and ${compared} or more rows of a ` +
  `point-in-time training set, stream against DuckDB: counts, sequences and terms equal, floats to 1e-6; ${parts.join('; ')}; ` +
  `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`;
console.log(`\n${protocol}\n\n${JSON.stringify(figures)}`);
const output = process.env['NISUS_GATE_OUTPUT'];
if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));
process.exitCode = unequalValues === 0 ? 0 : 1;

function note(name: string, found: Comparison, seconds: number): void {
  checkedValues += found.checkedValues;
  unequalValues += found.unequalValues;
  tellingValues += found.tellingValues;
  const camel = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  figures[`${camel}CheckedValues`] = found.checkedValues;
  figures[`${camel}UnequalValues`] = found.unequalValues;
  figures[`${camel}ParityPercent`] = 100 * (1 - found.unequalValues / found.checkedValues);
  parts.push(`${name}: ${found.events.toLocaleString('en')} events, ${found.keys.toLocaleString('en')} keys, ${found.rows} rows`);
  console.log(
    `${name.padEnd(14)}${found.checkedValues.toLocaleString('en').padStart(12)} values checked, ${found.unequalValues} unequal, ${found.tellingValues.toLocaleString('en')} neither 0, null nor empty ` +
      `(${found.events.toLocaleString('en')} events, ${found.keys.toLocaleString('en')} keys, ${found.momentsMs.length} moments, ${found.rows} rows, ${seconds.toFixed(0)} s)`,
  );
  for (const difference of found.differences) console.log(`  ${difference}`);
}
