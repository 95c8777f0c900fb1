/**
 * Chooses shape and training of each model of the comparison on validation alone, with one budget for all four.
 *
 *     node bench/census/tune.ts [--models ple,singleTask,mmoe,sharedBottom]
 *
 * Successive halving: all 12 candidates under one seed, the best 4 under two more, the best 2 of these under three more;
 * the one with the best mean over its seeds is the choice. The seeds are none of the gate's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { examplesOf, readCensus } from './census-data.ts';
import { CENSUS_MODELS } from './census-models.ts';
import { meanOf, summaryOf } from './census-report.ts';
import { censusCandidates } from './tuning-candidates.ts';
import { trainOnce } from './train-once.ts';

const ROUNDS = [
  { keep: Infinity, seeds: [101] },
  { keep: 4, seeds: [102, 103] },
  { keep: 2, seeds: [104, 105, 106] },
];

const { values: options } = parseArgs({ options: { models: { type: 'string', default: CENSUS_MODELS.map(({ key }) => key).join(',') } } });
const root = path.resolve(import.meta.dirname, '../..');
const data = process.env['NISUS_DATA'] ?? path.resolve(root, '../shared/data');
const census = readCensus(path.join(data, 'census-income', 'census-income.csv.gz'));
const validation = examplesOf(census, 'validation');
const folder = mkdtempSync(path.join(tmpdir(), 'nisus-census-tune-'));
try {
  for (const key of options.models.split(',')) {
    let candidates = censusCandidates(key).map((model) => ({ model, values: [] as number[], parameters: 0 }));
    for (const { keep, seeds } of ROUNDS) {
      candidates = candidates.toSorted((a, b) => meanOf(b.values) - meanOf(a.values)).slice(0, keep);
      for (const [at, candidate] of candidates.entries()) {
        for (const seed of seeds) {
          const outcome = await trainOnce(census, candidate.model, validation, {
            epochs: 12,
            patience: 2,
            batchSize: 1024,
            gateBalance: 0.01,
            seed,
            folder: path.join(folder, `${key}-${candidates.length}-${at}-${seed}`),
          });
          candidate.values.push((outcome.aucs.income + outcome.aucs.marital) / 2);
          candidate.parameters = outcome.parameters;
        }
        const { model, values, parameters } = candidate;
        const settings = JSON.stringify({ ...model.config, ...model.training });
        console.log(`${key} ${values.length} seeds ${summaryOf(values)} ${parameters} parameters ${settings}`);
      }
    }
    const [best] = candidates.toSorted((a, b) => meanOf(b.values) - meanOf(a.values));
    console.log(`${key} choice ${summaryOf(best!.values)} ${JSON.stringify({ ...best!.model.config, ...best!.model.training })}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
