/**
 * The gate `beauty-quality`: HSTU and SASRec on Amazon Beauty (2014, 5-core), each by one `nisus train`, beside the
 * Markov chain that the order of this data flatters.
 *
 *     node bench/quality/beauty.ts [--models hstu,sasrec] [--json] [-- ARGUMENTS OF nisus train]
 */
import { qualityFigures, reportQuality } from './quality-report.ts';
import { readQualityOptions, realData, trainQualityRun, type QualityRun } from './quality-run.ts';

const { models, trainArguments, json } = readQualityOptions();
const data = realData('amazon-beauty');
const runs: QualityRun[] = [];
for (const model of models) runs.push(await trainQualityRun(data, model, trainArguments));
const published = [
  { name: 'SASRec', hr10: 0.0605, ndcg10: 0.0318 },
  { name: 'TIGER', hr10: 0.0648, ndcg10: 0.0384 },
  { name: 'HSTU', hr10: 0.0708, ndcg10: 0.0412 },
];
reportQuality(runs, qualityFigures(runs), published, json);
