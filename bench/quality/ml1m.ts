/**
 * The gates `ml1m-quality` and `ml1m-time`: HSTU and SASRec on MovieLens-1M, each by one `nisus train`.
 *
 *     node bench/quality/ml1m.ts [--models hstu,sasrec] [--json] [-- ARGUMENTS OF nisus train]
 */
import { qualityFigures, reportQuality } from './quality-report.ts';
import { readQualityOptions, realData, trainQualityRun, type QualityRun } from './quality-run.ts';

const { models, trainArguments, json } = readQualityOptions();
const data = realData('ml-1m');
const runs: QualityRun[] = [];
for (const model of models) runs.push(await trainQualityRun(data, model, trainArguments));
const published = [
  { name: 'SASRec', hr10: 0.2853, ndcg10: 0.1603 },
  { name: 'gSASRec', hr10: 0.3003, ndcg10: 0.1726 },
  { name: 'HSTU', hr10: 0.3097, ndcg10: 0.172 },
  { name: 'HSTU-large', hr10: 0.3294, ndcg10: 0.1893 },
];
reportQuality(runs, qualityFigures(runs), published, json);
