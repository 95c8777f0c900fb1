import type { Choice } from './ordered-policy.ts';

/** Posts that a user is not shown again. */
const REMEMBERED = 96;

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
  const current = new Set<number>();
  return {
    look(userId) {
      current.clear();
      for (const number of rings.get(userId)?.numbers ?? []) current.add(number);
    },
    has: (number) => current.has(number),
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
