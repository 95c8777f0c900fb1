import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ModelKind } from '../../src/app/presets.ts';
import { readRunRecord, type RunRecord } from '../../src/app/runs/run-record.ts';
import type { EvaluationReport } from '../../src/learn/evaluation/evaluation-report.ts';
import { readMachine } from '../gate/machine.ts';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'src/app/cli/main.ts');

/** A trained model of a quality benchmark, and its report. */
export interface QualityRun {
  readonly model: ModelKind;
  readonly folder: string;
  readonly record: RunRecord;
  readonly report: EvaluationReport;
}

/** The command line that the quality benchmarks share. */
export interface QualityOptions {
  readonly models: readonly ModelKind[];
  /** Handed to `nisus train` as they stand. */
  readonly trainArguments: readonly string[];
  readonly json: boolean;
}

/** `[--models hstu,sasrec] [--json] [-- ARGUMENTS OF nisus train]`; exits with 2 where that is not what stands there. */
export function readQualityOptions(): QualityOptions {
  const { values, positionals } = parseArgs({
    options: { models: { type: 'string', default: 'hstu,sasrec' }, json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const models = values.models.split(',');
  if (models.every((model) => model === 'hstu' || model === 'sasrec')) return { models, trainArguments: positionals, json: values.json };
  console.error(`--models is '${values.models}': give hstu, sasrec or both`);
  process.exit(2);
}

/** Folder of a real data set; exits with 66 where it is not there: a benchmark without its data has no figure. */
export function realData(name: string): string {
  const folder = path.join(process.env['NISUS_DATA'] ?? path.resolve(root, '../shared/data'), name);
  if (existsSync(folder)) return folder;
  console.error(`${folder} does not exist: put the data there, or name the folder of data sets in NISUS_DATA`);
  process.exit(66);
}

/**
 * Trains a model as a user would, with one `nisus train`, and reads what it left.
 *
 * Where the same code has trained the very same before (another gate reads the same run), that run is read; where it was
 * killed, it goes on.
 *
 * @throws Error when training fails
 */
export async function trainQualityRun(data: string, model: ModelKind, trainArguments: readonly string[]): Promise<QualityRun> {
  const name = [path.basename(data), model, trainingCodeKey(), ...trainArguments].join('-').replaceAll(/[^A-Za-z0-9.]+/g, '-');
  const folder = path.join(root, '.nisus/bench', name);
  const preset = trainArguments.some((argument) => argument === '--preset' || argument === '--config') ? [] : ['--model', model];
  const args = ['train', data, ...preset, '--run', folder, '--resume', ...trainArguments];
  console.error(`\n$ node src/app/cli/main.ts ${args.join(' ')}`);
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NISUS_HOME: path.join(root, '.nisus') },
  });
  const stop = () => void child.kill('SIGTERM');
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
  process.off('SIGINT', stop).off('SIGTERM', stop);
  if (code !== 0) throw new Error(`nisus train ended with ${code}`);
  const report = JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as EvaluationReport;
  return { model, folder, record: await readRunRecord(folder), report };
}

/** What a training's outcome depends on: the code that trains, and what of it is not committed. */
const TRAINING_CODE = ['src/base', 'src/learn', 'src/data', 'src/app/presets.ts'] as const;

/** Names the code that trains, so that a change elsewhere does not cost another training. */
function trainingCodeKey(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  const trees = git('rev-parse', ...TRAINING_CODE.map((place) => `HEAD:${place}`));
  const changes = git('diff', 'HEAD', '--', ...TRAINING_CODE);
  return createHash('sha256').update(trees).update(changes).digest('hex').slice(0, 10);
}

/** A figure of one ranker in a report, by the ranker's name; the first row is the model. */
export function figureOf(report: EvaluationReport, ranker: string | null, metric: 'HR' | 'NDCG', cutoff: number): number {
  const row = ranker === null ? report.rows[0] : report.rows.find((row) => row.ranker === ranker);
  const found = row?.metrics.find((estimate) => estimate.metric === metric && estimate.cutoff === cutoff);
  if (found === undefined) throw new Error(`the report has no ${metric}@${cutoff} of ${ranker ?? 'the model'}`);
  return found.value;
}

/** Minutes in training, validation included. */
export function trainingMinutes({ record }: QualityRun): number {
  return record.trainingSeconds / 60;
}

/** How the runs were measured: protocol of the report, settings and commits of the runs, machine. */
export function describeRuns(runs: readonly QualityRun[]): string {
  const { protocol, dataset } = runs[0]!.report;
  const machine = readMachine();
  return [
    `${dataset.name}: ${dataset.users} users, ${dataset.items} items, ${dataset.interactions} interactions`,
    `${protocol.split}; ${protocol.candidates.kind === 'all' ? 'full ranking' : 'sampled candidates'}; seen items ${protocol.seenItems}; best epoch by validation NDCG@10, test asked once`,
    ...runs.map(({ record: { config, preset, gitRevision, outcome, resumes } }) => {
      const { model, loss, optimizer } = config;
      return `${model.kind} (preset ${preset ?? 'none'}): length ${model.maxLength}, dimension ${model.dimension}, ${model.blocks} blocks, ${model.heads} heads, dropout ${model.dropout}, ${loss.kind}, ${optimizer.kind} ${optimizer.learningRate}, batch ${config.batchSize}, seed ${config.seed}, ${config.threads} threads, ${outcome?.steps} steps, best epoch ${(outcome?.bestEpoch ?? -1) + 1}, ended by ${outcome?.ended}, commit ${gitRevision?.slice(0, 10) ?? 'unknown'}${resumes === 0 ? '' : `, gone on with ${resumes} times (minutes are of the parts that ended by themselves)`}`;
    }),
    `minutes are of training with its validations; ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node.js ${machine.node}`,
  ].join('. ');
}
