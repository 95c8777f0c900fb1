/**
 * Times our training step beside PyTorch's on this machine, for SASRec, HSTU, an MLP over embeddings, and a ranker of nine tasks.
 *
 *     npm run bench:train -- [--models sasrec,hstu,mlp|ranker] [--rounds 3] [--threads 2] [--no-compile] [--any-load] [--json]
 *
 * Each round times every contender once, each in a process of its own; every second round goes backwards (A B, B A), so
 * that a machine that grows slower favours nobody, and each process starts on an idle machine. Step times are medians within a process, then over rounds.
 */
import { rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';
import { waitForQuietMachine } from './quiet-machine.ts';
import { CONTENDERS, figuresOf, renderTimings, type Contender, type ModelTimings } from './step-report.ts';
import { timeStep, StepTimingError, type StepCommand, type StepTiming } from './step-timing.ts';
import { rankerBatchCount, rankerBatches, writeRankerBatches } from './ranker-batches.ts';
import { findTorchPython } from './torch-python.ts';

/** Steps that count, and steps before them that do not. */
const STEPS: Readonly<Record<string, { readonly steps: number; readonly warmup: number }>> = {
  sasrec: { steps: 30, warmup: 5 },
  hstu: { steps: 30, warmup: 5 },
  mlp: { steps: 300, warmup: 30 },
  ranker: { steps: 30, warmup: 5 },
};

const root = path.resolve(import.meta.dirname, '..', '..');
const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: 'sasrec,hstu,mlp' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    'any-load': { type: 'boolean', default: false },
    'no-compile': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const number = wholeNumbers(options);
const [rounds, threads, seed] = [number('rounds'), number('threads'), number('seed', 0)];

/** The ranker's batches, for the other engine to read. */
const feedsFile = path.join(os.tmpdir(), `nisus-ranker-batches-${process.pid}.safetensors`);

function commandOf(contender: Contender, model: string, python: string): StepCommand {
  const { steps, warmup } = STEPS[model]!;
  const shared = [model, '--threads', `${threads}`, '--steps', `${steps}`, '--warmup', `${warmup}`, '--seed', `${seed}`];
  if (contender === 'ours') return { program: process.execPath, args: ['bench/train/our-step.ts', ...shared] };
  const mode = contender.startsWith('compile') ? 'compile' : 'eager';
  const allocator = contender.endsWith('Kept') ? 'kept' : 'system';
  const feeds = model === 'ranker' ? ['--feeds', feedsFile] : [];
  return { program: python, args: ['bench/torch/bench_step.py', ...shared, ...feeds, '--mode', mode, '--allocator', allocator, '--json'] };
}

async function timeModel(model: string, rounds: number, python: string): Promise<ModelTimings> {
  const timings: Partial<Record<Contender, StepTiming[]>> = {};
  const missing: Partial<Record<Contender, string>> = {};
  const wanted = CONTENDERS.filter((contender) => !(options['no-compile'] && contender.startsWith('compile')));
  for (let round = 0; round < rounds; round++) {
    for (const contender of round % 2 === 0 ? wanted : wanted.toReversed()) {
      if (missing[contender] !== undefined) continue;
      if (!options['any-load']) await waitForQuietMachine(10);
      try {
        const timing = await timeStep(commandOf(contender, model, python), root);
        (timings[contender] ??= []).push(timing);
        if (!options.json) console.log(`round ${round + 1} of ${rounds}  ${model}  ${contender}  ${timing.medianMs.toFixed(1)} ms`);
      } catch (error) {
        // torch.compile needs a C++ compiler, which a machine may lack; without the others there is no comparison.
        if (!(error instanceof StepTimingError) || !contender.startsWith('compile')) throw error;
        missing[contender] = error.message;
      }
    }
  }
  return { model, timings, missing };
}

const models = options.models.split(',');
const unknown = models.find((model) => !Object.hasOwn(STEPS, model));
if (unknown !== undefined) {
  console.error(`--models: no '${unknown}', only ${Object.keys(STEPS).join(', ')}`);
  process.exit(2);
}

const python = findTorchPython(root, process.env);
const measured: ModelTimings[] = [];
try {
  if (models.includes('ranker')) await writeRankerBatches(feedsFile, rankerBatches(seed, rankerBatchCount));
  for (const model of models) measured.push(await timeModel(model, rounds, python));
} finally {
  rmSync(feedsFile, { force: true });
}

const figures = figuresOf(measured);
const machine = readMachine();
const torch = measured[0]!.timings.eager?.[0]?.engine ?? 'torch';
const protocol = [
  `${rounds} rounds, every second one backwards, each contender in its own process; median step of a process, median over rounds`,
  ...models.map((model) => `${model}: ${STEPS[model]!.steps} steps after ${STEPS[model]!.warmup}`),
  `a step is batch in, loss out, parameters updated; float32, ${threads} threads, seed ${seed}, ${torch}`,
  `sizes in bench/torch/bench_step.py: SASRec B 128, L 50, D 64, full softmax over 3,417; HSTU B 128, L 200, D 64, 128 shared negatives; MLP 26 tables of 10,000 × 16, batch 1,024; ranker 64 rows × 128 actions × 64 candidates on 4 pages, D 64, HSTU of 2 blocks, PLE of 9 experts and 2 shared, 9 tasks, the same batches for both`,
  `"freed memory kept": glibc told to keep freed memory, as jemalloc would; Ratio is beside eager as installed`,
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node.js ${machine.node}; ${options['any-load'] ? `whatever else ran (load ${os.loadavg()[0]!.toFixed(2)})` : 'each process started on an idle machine'}`,
].join('. ');

console.log(options.json ? JSON.stringify({ figures, protocol, machine }) : `\n${renderTimings(measured)}\n\n${protocol}`);
const outputFile = process.env['NISUS_GATE_OUTPUT'];
if (outputFile !== undefined) writeFileSync(outputFile, JSON.stringify({ figures, protocol }));
