/**
 * What a step costs with a strategy for conflicting gradients, beside a plain one: a PLE of width 64 (two levels, one expert
 * a task and two shared) over 64 inputs, 2 and 9 tasks, one binary cross-entropy a task.
 *
 *     node bench/composite/main.ts [--examples 4096] [--rounds 9] [--threads 1] [--seed 1]
 *
 * All steps of one number of tasks are compiled first and then taken in turn, so that a busy machine is busy for all of
 * them; shown is the CPU time of the process for a step, the least of the rounds.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/base/random.ts';
import { buildMultiTask } from '../../src/learn/models/multi-task/build-multi-task.ts';
import { multiTaskConfigSchema } from '../../src/learn/models/multi-task/multi-task-config.ts';
import { input } from '../../src/learn/tensor/leaf.ts';
import { adam } from '../../src/learn/tensor/optimizers/adam.ts';
import { constantSchedule } from '../../src/learn/tensor/optimizers/schedule.ts';
import type { TensorValue } from '../../src/learn/tensor/program.ts';
import { compositeLossSchema } from '../../src/learn/training/composite-loss/composite-loss-config.ts';
import { compositeLosses } from '../../src/learn/training/composite-loss/composite-losses.ts';
import { compileCompositeStep, stepForm } from '../../src/learn/training/composite-loss/composite-step.ts';
import { taskFeeds } from '../../src/learn/training/task-loss.ts';
import type { TaskStep } from '../../src/learn/training/task-step.ts';
import { wholeNumbers } from '../whole-numbers.ts';

const { values: options } = parseArgs({
  options: {
    examples: { type: 'string', default: '4096' },
    rounds: { type: 'string', default: '9' },
    threads: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});
const number = wholeNumbers(options);
const [examples, rounds, threads, seed] = [number('examples'), number('rounds'), number('threads'), number('seed')];
const width = 64;

const bound = { name: 'bound', task: 'task0', of: { kind: 'mean-probability' }, atMost: 0.2 };
const declarations: Readonly<Record<string, object>> = {
  plain: {},
  'uncertainty and a bound': { weighting: { kind: 'uncertainty' }, constraints: [bound] },
  sum: { conflict: { kind: 'sum' } },
  pcgrad: { conflict: { kind: 'pcgrad' } },
  cagrad: { conflict: { kind: 'cagrad' } },
  'aligned-mtl': { conflict: { kind: 'aligned-mtl' } },
  'gradnorm, pcgrad and a bound': { weighting: { kind: 'gradnorm' }, conflict: { kind: 'pcgrad' }, constraints: [bound] },
};

const figures: Record<string, number> = {};
for (const count of [2, 9]) {
  const tasks = Array.from({ length: count }, (_, task) => `task${task}`);
  const feeds = feedsOf(tasks);
  const steps = new Map<string, TaskStep>();
  for (const [name, more] of Object.entries(declarations)) steps.set(name, await compile(tasks, more));
  const least = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, step] of steps) {
      const before = process.cpuUsage();
      await step.run(feeds);
      const { user, system } = process.cpuUsage(before);
      least.set(name, Math.min(least.get(name) ?? Infinity, (user + system) / 1000));
    }
  }
  const plain = least.get('plain')!;
  const size = steps.get('plain')!.layout.size;
  console.log(`${count} tasks, ${size} parameters, ${examples} examples a step, ${threads} thread(s), CPU ms a step, least of ${rounds}`);
  for (const [name, ms] of least) {
    const form = stepForm(compositeLossSchema.parse({ tasks: [{ name: 'task0' }], ...declarations[name] }));
    console.log(`  ${name.padEnd(30)} ${form.padEnd(11)} ${ms.toFixed(1).padStart(8)}  ${(ms / plain).toFixed(2)} × plain`);
    figures[`${name}/${count}/ms`] = ms;
    figures[`${name}/${count}/ratio`] = ms / plain;
  }
  for (const step of steps.values()) await step.close();
}

const output = process.env['NISUS_GATE_OUTPUT'];
const protocol = `PLE of width ${width}, two levels, one expert a task and two shared, over ${examples} examples; least CPU time of ${rounds} steps taken in turn, ${threads} thread(s)`;
if (output !== undefined) writeFileSync(output, `${JSON.stringify({ figures, protocol }, null, 2)}\n`);

async function compile(tasks: readonly string[], more: object): Promise<TaskStep> {
  const declaration = compositeLossSchema.parse({ tasks: tasks.map((name) => ({ name })), ...more });
  const model = multiTaskConfigSchema.parse({
    kind: 'ple',
    levels: [{ expertHidden: [width] }, { expertHidden: [width] }],
    taskExperts: 1,
    sharedExperts: 2,
    tower: [32],
  });
  const { logits, gates } = buildMultiTask(model, () => input('x', 'float32', ['batch', width]), tasks, 'training');
  const { losses, terms } = compositeLosses(declaration, logits, { gates });
  return compileCompositeStep(declaration, terms)(losses, { optimizer: adam(), learningRate: constantSchedule(1e-3), seed, threads });
}

function feedsOf(tasks: readonly string[]): Record<string, TensorValue> {
  const random = createRandom(seed, 'batch');
  const vector = (value: () => number) => ({ data: Float32Array.from({ length: examples }, value), shape: [examples] });
  const feeds: Record<string, TensorValue> = {
    x: { data: Float32Array.from({ length: examples * width }, () => random.normal()), shape: [examples, width] },
  };
  for (const task of tasks) {
    const { label, mask } = taskFeeds(task);
    feeds[label] = vector(() => (random.next() < 0.1 ? 1 : 0));
    feeds[mask] = vector(() => 1);
  }
  return feeds;
}
