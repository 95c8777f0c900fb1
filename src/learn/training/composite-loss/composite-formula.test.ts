import { describe, expect, it } from 'vitest';
import { gradientStrategyNames } from '../gradient-conflict/strategy-config.ts';
import { compositeFormula } from './composite-formula.ts';
import { compositeLossSchema } from './composite-loss-config.ts';

const formula = (declaration: object) => compositeFormula(compositeLossSchema.parse(declaration));

const feed = {
  tasks: [
    { name: 'click', about: 'opened within 30 minutes', terms: [{}, { loss: { kind: 'lambda-loss', truncation: 10 }, weight: 0.3 }] },
    { name: 'negative_feedback', about: 'hide | report', weightFloor: 0.2, terms: [{ mask: 'examined', weight: 2 }] },
  ],
  weighting: { kind: 'gradnorm' },
  conflict: { kind: 'cagrad' },
  constraints: [{ name: 'few', task: 'negative_feedback', of: { kind: 'mean-probability' }, mask: 'examined', atMost: 0.01 }],
  gateBalance: 0.05,
};

describe('the formula of a loss', () => {
  it('in plain text says all of the declaration', () => {
    expect(formula(feed).text).toBe(
      [
        'L = λ[click]·(1·BCE(click) + 0.3·LambdaLoss(click)) + λ[negative_feedback]·2·BCE(negative_feedback | examined) + gate balance',
        'subject to mean p(negative_feedback | examined) ≤ 0.01',
        '  weights: GradNorm, α = 1.5, rate 0.025; floors λ[negative_feedback] ≥ 0.2',
        '  gradients of shared parameters: CAGrad (c 0.5)',
        "  experts: each task's loss has + 0.05 · CV² of its gates, so that they stay in use",
        '  bound mean p(negative_feedback | examined) ≤ 0.01: "few", by a multiplier μ in [0, 10] on the relative excess c/b − 1, raised each step by 0.01 times its running mean (memory 0.9), of which 1 counts at most',
        'tasks',
        '  click: opened within 30 minutes; BCE over all examples that have the task; LambdaLoss (mu 10, sigma 1, truncation 10) over all lists that have the task, weight 0.3',
        '  negative_feedback: hide | report; BCE over examples by mask "examined", weight 2',
        '',
      ].join('\n'),
    );
  });

  it('in Markdown holds LaTeX and a table, with names and cells escaped', () => {
    const { markdown } = formula(feed);
    expect(markdown).toContain(
      '$$\n\\min_\\theta\\; \\lambda_{\\text{click}}\\,(1\\,\\text{BCE}(\\text{click}) + 0.3\\,\\text{LambdaLoss}(\\text{click})) + \\lambda_{\\text{negative\\_feedback}}\\,2\\,\\text{BCE}(\\text{negative\\_feedback} \\mid \\text{examined}) + \\text{gate balance}\n' +
        '\\quad\\text{s.t.}\\quad \\bar p(\\text{negative\\_feedback} \\mid \\text{examined}) \\le 0.01\n$$\n',
    );
    expect(markdown).toContain('| negative_feedback | hide \\| report | BCE over examples by mask "examined", weight 2 |');
  });

  it('shows fixed weights as coefficients, their floors counted in', () => {
    const tasks = [
      { name: 'a', terms: [{ weight: 3 }] },
      { name: 'b', weightFloor: 0.5 },
    ];
    const { text } = formula({ tasks, weighting: { kind: 'fixed', values: { a: 0.5, b: 0.1 } } });
    expect(text).toMatch(/^L = 1\.5·BCE\(a\) \+ 0\.5·BCE\(b\)\n {2}weights: fixed/);
    expect(text).toContain('conflict between tasks is neither measured nor handled');
  });

  it('names both parts of JRC with their shares, in the loss, in a bound and where its terms are told', () => {
    const jrc = { kind: 'jrc', calibration: 0.3 };
    const { text, markdown } = formula({
      tasks: [{ name: 'click', terms: [{ loss: jrc, weight: 2, mask: 'most' }] }],
      constraints: [{ name: 'low', task: 'click', of: jrc, atMost: 1 }],
    });
    expect(text).toContain('L = 2·(0.3·ListBCE(click | most) + 0.7·LabelSoftmax(click | most))\n');
    expect(text).toContain('subject to (0.3·ListBCE(click) + 0.7·LabelSoftmax(click)) ≤ 1\n');
    expect(text).toContain(
      'JRC (calibration 0.3), of logits s⁰ and s¹: ListBCE of s¹ − s⁰, and LabelSoftmax, the softmax over the list of each place\'s logit of its own label, over lists by mask "most", weight 2',
    );
    expect(markdown).toContain(
      '2\\,(0.3\\,\\text{ListBCE}(\\text{click} \\mid \\text{most}) + 0.7\\,\\text{LabelSoftmax}(\\text{click} \\mid \\text{most}))',
    );
  });

  it.each<[object, string]>([
    [{ kind: 'uncertainty', gaussian: ['a'] }, 'uncertainty, λ = e^(−s) with s learned at rate 0.001 (λ = e^(−s)/2 for a)'],
    [{ kind: 'dwa', everySteps: 100 }, 'dynamic weight average over windows of 100 steps, temperature 2'],
  ])('names the rule of weights %j', (weighting, words) => {
    expect(formula({ tasks: [{ name: 'a' }], weighting }).text).toContain(`weights: ${words}\n`);
  });

  it.each(Object.entries(gradientStrategyNames).filter(([kind]) => kind !== 'sum'))('names the strategy %s', (kind, name) => {
    expect(formula({ tasks: [{ name: 'a' }], conflict: { kind } }).text).toContain(`gradients of shared parameters: ${name}`);
  });
});
