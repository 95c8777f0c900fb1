import { NisusError } from '../../base/error.ts';
import type { ParameterSlot } from './parameters.ts';
import { compileProgram, type TensorValue } from './program.ts';
import { topologicalOrder, type Node, type Tensor } from './tensor.ts';

/** Thrown when a loss or gradient is NaN or infinite; names the step, the first tensor that is, and its batch rows. */
export class NonFiniteError extends NisusError {
  constructor(step: number, loss: number, tensor: string, rows: readonly number[], remedy: string) {
    const where =
      rows.length === 0 ? '' : `, batch rows ${rows.slice(0, 8).join(', ')}${rows.length > 8 ? ` and ${rows.length - 8} more` : ''}`;
    super('TRAINING_NON_FINITE', `step ${step}: loss is ${loss}; the first value that is not finite is in ${tensor}${where}. ${remedy}`, {
      fields: { step, loss, tensor, rows },
    });
  }
}

/** Thrown when the gradient's norm passes the bound; names the step and the parameter with the largest share. */
export class ExplodingGradientError extends NisusError {
  constructor(step: number, norm: number, parameter: string, parameterNorm: number) {
    super(
      'TRAINING_EXPLODING_GRADIENT',
      `step ${step}: gradient norm ${norm.toExponential(3)} passes the bound; largest in parameter "${parameter}" (${parameterNorm.toExponential(3)}). Lower the learning rate, clip the norm, or look at this step's batch`,
      { fields: { step, norm, parameter, parameterNorm } },
    );
  }
}

/** What is known when a step went wrong. */
interface FailedStep {
  readonly step: number;
  readonly loss: Tensor;
  readonly lossValue: number;
  readonly gradientNorm: number;
  /** The parameters whose gradients stand in `parameterGradients`. */
  readonly slots: readonly ParameterSlot[];
  /** Whose gradient it is, where a step has several: `of task "click"`. */
  readonly gradientOf?: string;
  readonly feeds: Readonly<Record<string, TensorValue>>;
  readonly substitutions: ReadonlyMap<Tensor, Tensor>;
  readonly parameterGradients: readonly Tensor[];
}

/**
 * Runs the failed step again with every intermediate value returned, and throws an error that says where it began.
 * Slow and memory-hungry, but it runs once, at the end of a run that is lost anyway.
 */
export async function diagnose(failed: FailedStep): Promise<never> {
  const forward = topologicalOrder([failed.loss])
    .filter((node) => node.kind !== 'constant' && node.leaf?.kind !== 'dropoutMask')
    .flatMap((node) => node.outputs.slice(0, 1).filter((output) => output.dtype === 'float32'));
  const values = await evaluateAll(forward, failed);
  for (const [index, tensor] of forward.entries()) {
    const rows = nonFiniteRows(values[index]!);
    if (rows === null) continue;
    const remedy =
      tensor.node.leaf === null
        ? 'Look at these rows of the batch and at the operator; where the loss had been rising, lower the learning rate'
        : 'Look at the data, or lower the learning rate';
    throw new NonFiniteError(failed.step, failed.lossValue, nameOf(tensor.node), rows, remedy);
  }
  const gradientValues = await evaluateAll(failed.parameterGradients, failed);
  const norms = gradientValues.map((value) => Math.sqrt((value.data as Float32Array).reduce((total, x) => total + x * x, 0)));
  const worst = norms.reduce((best, norm, index) => (norm > norms[best]! || Number.isNaN(norm) ? index : best), 0);
  const slot = failed.slots[worst]!;
  if (!Number.isFinite(norms[worst]!)) {
    const rows = nonFiniteRows(gradientValues[worst]!) ?? [];
    throw new NonFiniteError(
      failed.step,
      failed.lossValue,
      `the gradient of ${failed.gradientOf === undefined ? '' : `${failed.gradientOf} for `}"${slot.name}" (rows are the parameter's)`,
      rows,
      'Lower the learning rate or clip the gradient norm',
    );
  }
  throw new ExplodingGradientError(failed.step, failed.gradientNorm, slot.name, norms[worst]!);
}

async function evaluateAll(tensors: readonly Tensor[], failed: FailedStep): Promise<TensorValue[]> {
  const outputs = Object.fromEntries(tensors.map((tensor, index) => [`value/${index}`, tensor]));
  const program = await compileProgram(outputs, { substitutions: failed.substitutions });
  try {
    const feeds = Object.fromEntries(program.inputs.map(({ name }) => [name, failed.feeds[name]!]));
    const results = await program.run(feeds);
    return tensors.map((_, index) => results[`value/${index}`]!);
  } finally {
    await program.close();
  }
}

/** Rows (first axis) that hold a value that is not finite; null where all are finite. */
function nonFiniteRows({ data, shape }: TensorValue): number[] | null {
  const rows = new Set<number>();
  const rowSize = Math.max(1, data.length / Math.max(1, shape[0] ?? 1));
  for (let at = 0; at < data.length; at++) {
    if (!Number.isFinite(data[at] as number)) rows.add(Math.floor(at / rowSize));
  }
  return rows.size === 0 ? null : shape.length === 0 ? [] : [...rows];
}

function nameOf(node: Node): string {
  if (node.leaf?.kind === 'parameter' || node.leaf?.kind === 'input') return `${node.leaf.kind} "${node.leaf.name}"`;
  return node.path === '' ? node.kind : `${node.kind} of layer "${node.path}"`;
}
