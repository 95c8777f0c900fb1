import type { Choice } from './ordered-policy.ts';

/** Posts that a user is not shown again. */
const REMEMBERED = 96;

/** Places for marks. */
const MARKS = 1 << 18;

/** What users were shown of late. */
export interface ShownRings {
  /** Turns to a user; {@link ShownRings.has} then speaks of them. */
  look(userId: string): void;
  /** Whether the candidate of a number was shown to the user looked at. */
  has(number: number): boolean;
  add(userId: string, choices: readonly Choice[]): void;
}

/** @param usersMax users remembered; beyond, those shown something longest ago are forgotten */
export function createShownRings(usersMax: number): ShownRings {
  const rings = new Map<string, { readonly numbers: Int32Array; at: number }>();
  /** Which look a number was last marked in; of numbers that far apart not both are alive, in any world but the largest. */
  const marks = new Uint32Array(MARKS);
  let looks = 0;
  return {
    look(userId) {
      looks++;
      const numbers = rings.get(userId)?.numbers;
      if (numbers === undefined) return;
      for (let at = 0; at < REMEMBERED; at++) if (numbers[at] !== -1) marks[numbers[at]! % MARKS] = looks;
    },
    has: (number) => marks[number % MARKS] === looks,
    add(userId, choices) {
      const ring = rings.get(userId) ?? { numbers: new Int32Array(REMEMBERED).fill(-1), at: 0 };
      rings.delete(userId);
      rings.set(userId, ring);
      for (const { candidate } of choices) {
        ring.numbers[ring.at] = candidate.number;
        ring.at = (ring.at + 1) % REMEMBERED;
      }
      if (rings.size > usersMax) rings.delete(rings.keys().next().value!);
    },
  };
}
