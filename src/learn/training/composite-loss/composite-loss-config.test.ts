import { describe, expect, it } from 'vitest';
import { compositeLossSchema, namedMasks, needsLists } from './composite-loss-config.ts';

const click = { name: 'click' };

describe('a composite loss', () => {
  it('is, at its shortest, the mean binary cross-entropy of each task', () => {
    const { tasks, weighting, conflict, constraints } = compositeLossSchema.parse({ tasks: [click, { name: 'like' }] });
    expect(tasks[1]).toEqual({
      name: 'like',
      about: '',
      terms: [{ loss: { kind: 'binary-cross-entropy' }, mask: 'all', weight: 1 }],
      weightFloor: 0,
    });
    expect([weighting, conflict, constraints]).toEqual([{ kind: 'fixed', values: {} }, { kind: 'none' }, []]);
  });

  it('knows its masks, and whether it looks at lists', () => {
    const declaration = compositeLossSchema.parse({
      tasks: [{ name: 'click', terms: [{ mask: 'examined' }, {}, { loss: { kind: 'binary-cross-entropy' }, mask: 'new-users' }] }],
      constraints: [{ name: 'few', task: 'click', of: { kind: 'mean-probability' }, mask: 'examined', atMost: 0.1 }],
    });
    expect(namedMasks(declaration)).toEqual(['examined', 'new-users']);
    expect(needsLists(declaration)).toBe(false);
    expect(needsLists(compositeLossSchema.parse({ tasks: [{ name: 'click', terms: [{ loss: { kind: 'softmax' } }] }] }))).toBe(true);
    const bounded = { name: 'ranked', task: 'click', of: { kind: 'list-mle' }, atMost: 1 };
    expect(needsLists(compositeLossSchema.parse({ tasks: [click], constraints: [bounded] }))).toBe(true);
  });

  const bound = { name: 'few', task: 'click', of: { kind: 'mean-probability' }, atMost: 0.1 };
  it.each<[string, object, RegExp]>([
    ['no task', { tasks: [] }, /tasks/],
    ['one task twice', { tasks: [click, click] }, /task \\"click\\" is declared twice; give it several terms instead/],
    ['a name that names no layer', { tasks: [{ name: '7 days' }] }, /must start with a letter/],
    ['the name of what all share', { tasks: [{ name: 'shared' }] }, /must not be \\"shared\\"/],
    [
      'two like terms',
      { tasks: [{ name: 'click', terms: [{}, { weight: 2 }] }] },
      /has two terms \\"binary-cross-entropy\\" over one mask/,
    ],
    ['a bound on a stranger', { tasks: [click], constraints: [{ ...bound, task: 'hide' }] }, /on task \\"hide\\", which is not declared/],
    ['two bounds of one name', { tasks: [click], constraints: [bound, bound] }, /two constraints are named \\"few\\"/],
    ['a bound of 0', { tasks: [click], constraints: [{ ...bound, atMost: 0 }] }, /atMost/],
    ['weights of a stranger', { tasks: [click], weighting: { kind: 'fixed', values: { hide: 1 } } }, /names task \\"hide\\", which is not/],
    ['an unknown loss', { tasks: [{ name: 'click', terms: [{ loss: { kind: 'hinge' } }] }] }, /loss/],
    ['an unknown setting', { tasks: [click], weigthing: { kind: 'dwa' } }, /weigthing/],
  ])('is refused with %s', (_what, declaration, message) => {
    const { error } = compositeLossSchema.safeParse(declaration);
    expect(error!.message).toMatch(message);
  });
});
