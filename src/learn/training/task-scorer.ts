import { buildMultiTask } from '../models/multi-task/build-multi-task.ts';
import { tallyUtilisation, type GateUtilisation } from '../models/multi-task/gate-utilisation.ts';
import type { MultiTaskConfig } from '../models/multi-task/multi-task-config.ts';
import { constant, input } from '../tensor/leaf.ts';
import { minimum } from '../tensor/operators/binary.ts';
import { sigmoid } from '../tensor/operators/unary.ts';
import { cutParameters, parameterLayout } from '../tensor/parameters.ts';
import { compileProgram } from '../tensor/program.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { TaskExamples } from './task-examples.ts';

/** What stands below a multi-task model. */
export interface TaskEncoder {
  /** Its kind and sizes, as JSON carries them: a checkpoint of another encoder is refused. */
  readonly config: unknown;
  /** Builds it, `[batch, dim]`, from inputs that `TaskExamples.feeds` feeds; dropout is left out when serving. */
  build(mode: 'training' | 'serving'): Tensor;
}

/** What a model says of examples. */
export interface TaskScores {
  /** By task, `[rows]`. */
  readonly probabilities: Readonly<Record<string, Float32Array>>;
  /** ESMM's second outcome given the first (pCVR), `[rows]`; null for other models. */
  readonly conditional: Float32Array | null;
  /** How the gates used their experts on these examples. */
  readonly gates: readonly GateUtilisation[];
}

/** A multi-task model over parameters that may still change. */
export interface TaskScorer {
  /** Scores all rows, in their order. Labels are not looked at. */
  score(examples: Pick<TaskExamples, 'rows' | 'feeds'>): Promise<TaskScores>;
  close(): Promise<void>;
}

/** Rows scored in one run of the graph. */
const rowsAtOnce = 4096;

/**
 * Compiles the scoring graph of a multi-task model.
 *
 * @param parameters the present flat vector, laid out as in training
 */
export async function openTaskScorer(
  model: { readonly config: MultiTaskConfig; readonly encoder: TaskEncoder; readonly tasks: readonly string[] },
  parameters: () => Float32Array,
  options: { readonly threads?: number } = {},
): Promise<TaskScorer> {
  const { tasks } = model;
  const { logits, conditionalLogit, gates } = buildMultiTask(model.config, () => model.encoder.build('serving'), tasks, 'serving');
  const layout = parameterLayout(Object.values(logits));
  const outputs: Record<string, Tensor> = Object.fromEntries(tasks.map((task) => [`task/${task}`, probability(logits[task]!)]));
  if (conditionalLogit !== null) outputs['conditional'] = probability(conditionalLogit);
  gates.forEach(({ weights }, at) => (outputs[`gate/${at}`] = weights));
  const program = await compileProgram(outputs, {
    substitutions: cutParameters(layout, input('parameters', 'float32', [layout.size])),
    threads: options.threads ?? 2,
  });
  return {
    async score(examples) {
      const result = (name: string) => [name, new Float32Array(examples.rows)] as const;
      const probabilities = Object.fromEntries(tasks.map(result));
      const conditional = conditionalLogit === null ? null : new Float32Array(examples.rows);
      const tally = tallyUtilisation(gates);
      for (let from = 0; from < examples.rows; from += rowsAtOnce) {
        const rows = Int32Array.from({ length: Math.min(rowsAtOnce, examples.rows - from) }, (_, at) => from + at);
        const results = await program.run({ ...examples.feeds(rows), parameters: { data: parameters(), shape: [layout.size] } });
        const values = (name: string) => results[name]!.data as Float32Array;
        for (const task of tasks) probabilities[task]!.set(values(`task/${task}`), from);
        conditional?.set(values('conditional'), from);
        tally.add(
          gates.map((_, at) => values(`gate/${at}`)),
          rows.length,
        );
      }
      return { probabilities, conditional, gates: tally.report() };
    },
    close: () => program.close(),
  };
}

/** The runtime's sigmoid reaches 1.0000001 for logits about 17. */
function probability(logit: Tensor): Tensor {
  return minimum(sigmoid(logit), constant(1));
}
