import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printableText } from './printable-text.ts';

it.each([
  ['user_id', 'user_id'],
  ['пользователь, 用户, José 🙂', 'пользователь, 用户, José 🙂'],
  ['\u001b[31mred\u001b[0m\u0007', '.[31mred.[0m.'],
  ['a\r\nb\tc\u007f\u009b\u2028', 'a..b.c...'],
  ['\u202euser', '.user'],
])('%j becomes %j', (text, shown) => expect(printableText(text)).toBe(shown));

it('cuts a long text', () => expect(printableText('abcdef', 3)).toBe('abc…'));

it('leaves no control character and changes no length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = printableText(text);
      expect(shown).not.toMatch(/\p{Cc}/u);
      expect(shown).toHaveLength(text.length);
    }),
  );
});
