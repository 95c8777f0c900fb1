import { gradientStrategyNames } from '../gradient-conflict/strategy-config.ts';
import type { CompositeLossConfig, ConstraintConfig, TermConfig, TermLossConfig } from './composite-loss-config.ts';

/** A declaration in words and signs. */
export interface CompositeFormula {
  /** For a terminal or a log: one line the loss, then weights, gradients, bounds, and the tasks one a line. */
  readonly text: string;
  /** The same for a report: formulas in LaTeX between `$$`, the tasks as a table. */
  readonly markdown: string;
}

/** How symbols are written. */
interface Notation {
  readonly name: (text: string) => string;
  readonly loss: (name: string, task: string, given: string) => string;
  readonly lambda: (task: string) => string;
  readonly times: string;
  readonly mean: (task: string, given: string) => string;
}

const plain: Notation = {
  name: (text) => text,
  loss: (name, task, given) => `${name}(${task}${given})`,
  lambda: (task) => `λ[${task}]`,
  times: '·',
  mean: (task, given) => `mean p(${task}${given})`,
};

const latex: Notation = {
  name: (text) => `\\text{${text.replaceAll('_', '\\_')}}`,
  loss: (name, task, given) => `\\text{${name}}(${task}${given})`,
  lambda: (task) => `\\lambda_{${task}}`,
  times: '\\,',
  mean: (task, given) => `\\bar p(${task}${given})`,
};

/**
 * Writes a declaration as a formula: what is minimised, how its weights move, how gradients become one, which bounds hold,
 * and each task with what counts. For the report of a run.
 */
export function compositeFormula(declaration: CompositeLossConfig): CompositeFormula {
  const { tasks, constraints } = declaration;
  const facts = [weightingText(declaration), conflictText(declaration.conflict)];
  if (declaration.gateBalance > 0)
    facts.push(`experts: each task's loss has + ${number(declaration.gateBalance)} · CV² of its gates, so that they stay in use`);
  const bounds = constraints.map((constraint) => `${boundOf(constraint, plain)}: ${boundText(constraint)}`);
  const text = [
    `L = ${sumOf(declaration, plain)}`,
    ...(constraints.length === 0 ? [] : [`subject to ${constraints.map((constraint) => boundOf(constraint, plain)).join(', ')}`]),
    ...facts.map((fact) => `  ${fact}`),
    ...bounds.map((bound) => `  bound ${bound}`),
    'tasks',
    ...tasks.map((task) => `  ${task.name}: ${[task.about, task.terms.map(termText).join('; ')].filter((part) => part !== '').join('; ')}`),
  ].join('\n');
  const markdown = [
    '$$',
    `\\min_\\theta\\; ${sumOf(declaration, latex)}`,
    ...(constraints.length === 0
      ? []
      : [`\\quad\\text{s.t.}\\quad ${constraints.map((constraint) => boundOf(constraint, latex)).join(',\\; ')}`]),
    '$$',
    '',
    ...facts.map((fact) => `- ${fact}`),
    ...bounds.map((bound) => `- bound ${bound}`),
    '',
    '| task | what counts | terms |',
    '|---|---|---|',
    ...tasks.map((task) => `| ${task.name} | ${cell(task.about)} | ${task.terms.map((term) => cell(termText(term))).join('<br>')} |`),
  ].join('\n');
  return { text: `${text}\n`, markdown: `${markdown}\n` };
}

function sumOf({ tasks, weighting, gateBalance }: CompositeLossConfig, notation: Notation): string {
  const parts = tasks.map((task) => {
    const name = notation.name(task.name);
    const fixed = weighting.kind === 'fixed' ? Math.max(weighting.values[task.name] ?? 1, task.weightFloor) : 1;
    const terms = task.terms.map(
      (term) => `${number(term.weight * fixed)}${notation.times}${lossText(term.loss, name, maskOf(term, notation), notation)}`,
    );
    if (weighting.kind === 'fixed') return terms.join(' + ');
    const inside = terms.length === 1 ? terms[0]! : `(${terms.join(' + ')})`;
    return `${notation.lambda(name)}${notation.times}${inside}`;
  });
  if (gateBalance > 0) parts.push(notation === latex ? '\\text{gate balance}' : 'gate balance');
  return parts.join(' + ');
}

/** A loss by its name; JRC by its two parts. */
function lossText(loss: TermLossConfig, task: string, given: string, notation: Notation): string {
  if (loss.kind !== 'jrc') return notation.loss(lossNames[loss.kind], task, given);
  const part = (share: number, name: string) => `${number(share)}${notation.times}${notation.loss(name, task, given)}`;
  return `(${part(loss.calibration, lossNames.bce)} + ${part(1 - loss.calibration, rankingPartOfJrc)})`;
}

function maskOf({ mask }: { readonly mask: string }, notation: Notation): string {
  if (mask === 'all') return '';
  return notation === latex ? ` \\mid ${notation.name(mask)}` : ` | ${mask}`;
}

function boundOf(constraint: ConstraintConfig, notation: Notation): string {
  const task = notation.name(constraint.task);
  const given = maskOf(constraint, notation);
  const { of } = constraint;
  const measured = of.kind === 'mean-probability' ? notation.mean(task, given) : lossText(of, task, given, notation);
  return `${measured} ${notation === latex ? '\\le' : '≤'} ${number(constraint.atMost)}`;
}

function boundText({ name, multiplierMax, learningRate, memory }: ConstraintConfig): string {
  return `"${name}", by a multiplier μ in [0, ${number(multiplierMax)}] on the relative excess c/b − 1, raised each step by ${number(learningRate)} times its running mean (memory ${number(memory)}), of which 1 counts at most`;
}

function termText({ loss, mask, weight }: TermConfig): string {
  const settings = Object.entries(loss).flatMap(([key, value]) => (key === 'kind' || value === null ? [] : [`${key} ${String(value)}`]));
  const over = loss.kind === 'binary-cross-entropy' ? 'examples' : 'lists';
  const which = mask === 'all' ? `all ${over} that have the task` : `${over} by mask "${mask}"`;
  const parts =
    loss.kind === 'jrc'
      ? `, of logits s⁰ and s¹: ${lossNames.bce} of s¹ − s⁰, and ${rankingPartOfJrc}, the softmax over the list of each place's logit of its own label,`
      : '';
  return `${lossNames[loss.kind]}${settings.length === 0 ? '' : ` (${settings.join(', ')})`}${parts} over ${which}${weight === 1 ? '' : `, weight ${number(weight)}`}`;
}

function weightingText({ weighting, tasks }: CompositeLossConfig): string {
  const floors = tasks.filter(({ weightFloor }) => weightFloor > 0).map(({ name, weightFloor }) => `λ[${name}] ≥ ${number(weightFloor)}`);
  const also = floors.length === 0 ? '' : `; floors ${floors.join(', ')}`;
  switch (weighting.kind) {
    case 'fixed':
      return `weights: fixed${also}`;
    case 'uncertainty':
      return `weights: uncertainty, λ = e^(−s) with s learned at rate ${number(weighting.learningRate)}${weighting.gaussian.length === 0 ? '' : ` (λ = e^(−s)/2 for ${weighting.gaussian.join(', ')})`}${also}`;
    case 'gradnorm':
      return `weights: GradNorm, α = ${number(weighting.alpha)}, rate ${number(weighting.learningRate)}${also}`;
    case 'dwa':
      return `weights: dynamic weight average over windows of ${weighting.everySteps} steps, temperature ${number(weighting.temperature)}${also}`;
  }
}

function conflictText(conflict: CompositeLossConfig['conflict']): string {
  if (conflict.kind === 'none') return 'gradients: of the sum; conflict between tasks is neither measured nor handled';
  if (conflict.kind === 'sum') return 'gradients: of the sum; conflict between tasks is measured, not handled';
  const { kind, ...settings } = conflict;
  const list = Object.entries(settings).map(([key, value]) => `${key} ${String(value)}`);
  return `gradients of shared parameters: ${gradientStrategyNames[kind]}${list.length === 0 ? '' : ` (${list.join(', ')})`}`;
}

const lossNames: Readonly<Record<TermLossConfig['kind'], string>> = {
  'binary-cross-entropy': 'BCE',
  bce: 'ListBCE',
  softmax: 'Softmax',
  'list-mle': 'ListMLE',
  'p-list-mle': 'p-ListMLE',
  'list-net': 'ListNet',
  'approx-ndcg': 'ApproxNDCG',
  'lambda-loss': 'LambdaLoss',
  jrc: 'JRC',
};

/** −log p(place | label, list), the other part being `bce`. */
const rankingPartOfJrc = 'LabelSoftmax';

/** As short as it can be read back. */
function number(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
