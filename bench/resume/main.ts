/**
 * The gate `resume`: a training killed at random moments and gone on with ends as the unbroken one does.
 *
 *     node bench/resume/main.ts [--runs 20] [--kills-max 3] [--seed 1] [--keep]
 *
 * One run is trained unbroken. Then each of the other runs starts the same training in a fresh folder, is killed
 * (SIGKILL) one to three times at moments drawn evenly over the unbroken run's duration, and is gone on with each time.
 * Start-up, the first checkpoint, validation, export and report are all within reach of a kill.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/app/system-clock.ts';
import { createRandom } from '../../src/base/random.ts';
import { writeGeneratedDataset } from '../../src/data/interactions/generated-dataset.ts';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { checkpointStep, isSameFile, reportedFigures, trainInProcess } from './killed-training.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    'kills-max': { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
});
const number = wholeNumbers(options);
const [runs, killsMax] = [number('runs'), number('kills-max')];

/** Files that must hold the same bytes: the best parameters, the last state, the served model. */
const SAME_FILES = ['best.safetensors', 'checkpoint.safetensors', 'model.onnx', 'metrics.jsonl'] as const;
const SETTINGS = [
  '--model',
  'hstu',
  '--epochs',
  '8',
  '--batch-size',
  '16',
  '--dimension',
  '32',
  '--max-length',
  '24',
  '--checkpoint-every',
  '7',
];

const scratch = mkdtempSync(path.join(os.tmpdir(), 'nisus-bench-resume-'));
const home = path.join(scratch, 'home');
const data = path.join(scratch, 'data');
const random = createRandom(options.seed, 'kills');

interface KilledRun {
  readonly killedAt: readonly string[];
  readonly sameMetrics: boolean;
  readonly differing: readonly string[];
}

async function killedRun(folder: string, unbroken: string, unbrokenSeconds: number): Promise<KilledRun> {
  const planned = 1 + random.integer(killsMax);
  const killedAt: string[] = [];
  for (;;) {
    // Even over the whole duration: what is done already shortens what follows, so later kills may miss the end.
    const moment = killedAt.length < planned ? (0.02 + 0.96 * random.next()) * unbrokenSeconds : null;
    const { isKilled, seconds } = await trainInProcess(
      [data, ...SETTINGS, '--run', folder, '--resume'],
      home,
      moment === null ? null : moment * 1000,
    );
    if (!isKilled) break;
    killedAt.push(`${seconds.toFixed(2)} s (step ${checkpointStep(folder) ?? '–'})`);
  }
  const differing: string[] = [];
  for (const name of SAME_FILES) if (!(await isSameFile(folder, unbroken, name))) differing.push(name);
  return { killedAt, sameMetrics: reportedFigures(folder) === reportedFigures(unbroken), differing };
}

async function main(): Promise<void> {
  await writeGeneratedDataset(data, { seed: 3, userCount: 400, itemCount: 120 }, { clock: systemClock });
  const unbroken = path.join(scratch, 'unbroken');
  const { seconds } = await trainInProcess([data, ...SETTINGS, '--run', unbroken], home, null);
  const steps = checkpointStep(unbroken);
  console.log(`unbroken: ${seconds.toFixed(2)} s, ${steps} steps\n`);
  console.log('run  equal  killed at (step of the checkpoint then)');

  let kills = 0;
  let unequalRuns = 0;
  let unequalMetrics = 0;
  for (let run = 1; run <= runs; run++) {
    let result: KilledRun;
    let folder: string;
    do {
      folder = path.join(scratch, `run-${run}`);
      rmSync(folder, { recursive: true, force: true });
      result = await killedRun(folder, unbroken, seconds);
      // A run that ended before its kill shows nothing.
    } while (result.killedAt.length === 0);
    const isEqual = result.sameMetrics && result.differing.length === 0;
    kills += result.killedAt.length;
    if (!isEqual) unequalRuns++;
    if (!result.sameMetrics) unequalMetrics++;
    const differs = [...(result.sameMetrics ? [] : ['metrics']), ...result.differing].join(', ');
    console.log(
      `${String(run).padStart(3)}  ${isEqual ? 'yes  ' : 'NO   '}  ${result.killedAt.join(', ')}${isEqual ? '' : `; differs: ${differs}`}`,
    );
    if (!options.keep) rmSync(folder, { recursive: true, force: true });
  }

  const figures = {
    kills,
    runs,
    equalRuns: runs - unequalRuns,
    unequalRuns,
    unequalMetrics,
    unbrokenSeconds: Math.round(seconds * 100) / 100,
  };
  const machine = readMachine();
  const protocol = [
    `generated data (400 users, 120 items, seed 3); nisus train ${SETTINGS.join(' ')}; ${steps} steps`,
    `${runs} runs in fresh folders, each killed with SIGKILL 1 to ${killsMax} times at moments drawn evenly over the unbroken run's duration (seed ${options.seed}), each time gone on with --resume`,
    `equal: every reported figure (all rankers, cutoffs, intervals) and the content of ${SAME_FILES.join(', ')}, byte for byte (but for the commit's name in checkpoints)`,
    `${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node}`,
  ].join('. ');
  console.log(`\n${kills} kills in ${runs} runs: ${runs - unequalRuns} ended as the unbroken run, ${unequalRuns} did not\n${protocol}`);
  const outputFile = process.env['NISUS_GATE_OUTPUT'];
  if (outputFile !== undefined) writeFileSync(outputFile, JSON.stringify({ figures, protocol }));
}

try {
  await main();
} finally {
  if (options.keep) console.log(`kept: ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true });
}
