import type { CounterRandom } from '../../base/counter-random.ts';

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
/** Keys beside a key on the same row, or above and below. */
const NEIGHBOURS = new Map<string, string>();
for (const [row, keys] of ROWS.entries()) {
  for (let at = 0; at < keys.length; at++) {
    const near = [keys[at - 1], keys[at + 1], ROWS[row - 1]?.[at], ROWS[row - 1]?.[at + 1], ROWS[row + 1]?.[at], ROWS[row + 1]?.[at - 1]];
    NEIGHBOURS.set(keys[at]!, near.filter((key) => key !== undefined).join(''));
  }
}

/** Characters that sound alike (pinyin without tones), as an input method offers them; each line is one sound. */
const HOMOPHONES = new Map<string, string>();
for (const alike of [
  '币必毕笔',
  '特忒',
  '以已',
  '坊方',
  '期其',
  '权全',
  '合和',
  '约月',
  '质治',
  '押压',
  '空控',
  '投头',
  '挖哇',
  '矿况',
  '稳吻',
  '定订',
  '监坚',
  '管馆',
  '安按',
  '税睡',
  '务物',
  '跟根',
  '单丹',
  '杠刚',
  '链练',
  '策测',
  '略掠',
  '益意',
  '金今',
  '率律',
  '网往',
  '机鸡',
  '利力',
  '息西',
  '交焦',
  '易亿',
  '学雪',
  '习席',
  '钱前',
  '包宝',
  '理里',
  '财才',
]) {
  for (const character of alike) HOMOPHONES.set(character, alike.replace(character, ''));
}

/**
 * One slip of the keyboard. In Latin words: two letters change places, a letter is left out, is doubled, or is a neighbouring key's (F. J. Damerau, "A
 * technique for computer detection and correction of spelling errors", 1964: four in five misspellings are one such slip). In Chinese:
 * a character that sounds the same, or one left out. A text of one character is given back as it is.
 */
export function makeTypo(random: CounterRandom, text: string): string {
  const characters = Array.from(text);
  const at = random.integer(characters.length);
  const kind = random.integer(4);
  const character = characters[at];
  if (character === undefined || characters.length < 2) return text;
  if (character > '\u2fff') {
    const alike = HOMOPHONES.get(character);
    if (alike === undefined) return characters.length > 2 ? without(characters, at) : text;
    characters[at] = alike[random.integer(alike.length)]!;
    return characters.join('');
  }
  // The first letter is rarely wrong, and a space never.
  const place = Math.max(1, at);
  const letter = characters[place]!;
  const near = NEIGHBOURS.get(letter.toLowerCase());
  if (near === undefined) return text;
  if (kind === 0 && place + 1 < characters.length && characters[place + 1] !== letter) {
    characters[place] = characters[place + 1]!;
    characters[place + 1] = letter;
    return characters.join('');
  }
  if (kind === 1 && characters.length > 3) return without(characters, place);
  characters[place] = kind === 2 ? letter + letter : near[random.integer(near.length)]!;
  return characters.join('');
}

function without(characters: readonly string[], at: number): string {
  return [...characters.slice(0, at), ...characters.slice(at + 1)].join('');
}
