import { describe, expect, it } from 'vitest';
import { someRule, someSubject, someUser } from './catalog-records.fixture.ts';
import type { RecordType } from './catalog-record.ts';
import { checkRecord } from './catalog-schema.ts';

const rules = (changes: object) => ({ name: 'r', rules: [{ ...someRule('r'), ...changes }] });
const parsed = (text: string): unknown => JSON.parse(text);

describe('checkRecord', () => {
  it('takes records at their bounds', () => {
    const subject = someSubject('x'.repeat(256), {
      title: 't'.repeat(1000),
      text: 'line\nline\u0000',
      language: 'zh-Hant',
      authorId: null,
      tags: Array.from({ length: 100 }, (_, at) => `tag-${at}`),
      attributes: { 'tick size': 0.1, __proto: 'x', leverage: -1 },
    });
    expect(checkRecord('subject', subject)).toEqual({ record: subject });
    expect(checkRecord('user', someUser('u'))).toEqual({ record: someUser('u') });
    const set = { name: 'r', rules: [someRule('r', { conditions: { jurisdictionsAllowed: [], accountAgeDaysMin: 0.5 } })] };
    expect(checkRecord('rule-set', set)).toEqual({ record: set });
  });

  const cases: readonly [RecordType, string, string, unknown][] = [
    ['user', '', 'expected object', null],
    ['user', '', 'expected object', [someUser('u')]],
    ['user', '', 'Unrecognized key: "name"', { ...someUser('u'), name: 'Ada' }],
    ['user', 'id', '>=1', someUser('')],
    ['user', 'id', '<=256', someUser('x'.repeat(257))],
    ['user', 'id', 'control character', someUser('a\u001fb')],
    ['user', 'id', 'surrogate', someUser('a\ud800')],
    ['user', 'jurisdiction', 'alpha-2', someUser('u', { jurisdiction: 'de' })],
    ['user', 'identityTier', '0, 1, 2 or 3', { ...someUser('u'), identityTier: 4 }],
    ['user', 'riskClass', '0, 1, 2 or 3', { ...someUser('u'), riskClass: '1' }],
    ['user', 'languages', '>=1', someUser('u', { languages: [] })],
    ['user', 'languages[1]', 'BCP 47', someUser('u', { languages: ['en', 'English!'] })],
    ['user', 'createdMs', 'expected', someUser('u', { createdMs: Number.NaN })],
    ['user', 'createdMs', 'expected int', someUser('u', { createdMs: 1.5 })],
    ['subject', 'kind', 'content', { ...someSubject('s'), kind: 'post' }],
    ['subject', 'text', '<=100000', someSubject('s', { text: 'x'.repeat(100_001) })],
    ['subject', 'title', 'surrogate', someSubject('s', { title: '\udc00' })],
    ['subject', 'tags', '<=100', someSubject('s', { tags: Array.from({ length: 101 }, () => 't') })],
    ['subject', 'attributes.deep', 'number, true, false or a text', { ...someSubject('s'), attributes: { deep: {} } }],
    ['subject', 'attributes.nan', 'number, true, false or a text', someSubject('s', { attributes: { nan: Number.POSITIVE_INFINITY } })],
    ['subject', 'attributes.__proto__', 'not a name', { ...someSubject('s'), attributes: parsed('{"__proto__":1}') }],
    ['subject', '', 'Unrecognized key', { ...someSubject('s'), ...(parsed('{"constructor":1}') as object) }],
    ['rule-set', 'rules', '>=1', { name: 'r', rules: [] }],
    ['rule-set', 'rules', 'name of the set', { name: 'other', rules: [someRule('r')] }],
    ['rule-set', 'rules[0].untilMs', 'after fromMs', rules({ fromMs: 5, untilMs: 5 })],
    ['rule-set', 'rules[0].conditions', 'at least one', rules({ conditions: {} })],
    ['rule-set', 'rules[0].conditions', 'Unrecognized key: "age"', rules({ conditions: { age: 1 } })],
    ['rule-set', 'rules[0].reasonCode', 'capitals', rules({ reasonCode: 'no' })],
    ['rule-set', 'rules[0].reasonCode', 'check itself', rules({ reasonCode: 'SUBJECT_DRAFT' })],
    ['rule-set', 'rules[0].citation', '>=1', rules({ citation: '' })],
  ];
  it.each(cases)('refuses a %s at "%s": %s', (type, field, words, input) => {
    const checked = checkRecord(type, input);
    expect(checked).toMatchObject({ record: null, field });
    expect('message' in checked ? checked.message : '').toContain(words);
    expect('message' in checked ? checked.message.length : 0).toBeLessThan(300);
  });

  it('does not say a long key back in full', () => {
    const checked = checkRecord('user', { ...someUser('u'), ['k'.repeat(10_000)]: 1 });
    expect('message' in checked ? checked.message.length : 0).toBeLessThan(300);
  });
});
