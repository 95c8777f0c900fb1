/** A phrase with slots, taken apart once: literal texts with slots between, so that filling is plain joining. */
export interface Template<Slot extends string> {
  /** One more than slots. */
  readonly literals: readonly string[];
  readonly slots: readonly Slot[];
}

/** Takes a phrase apart; a slot is a name in braces. Throws a RangeError for a name that is none of `known`: phrases are part of the program. */
export function parseTemplate<Slot extends string>(phrase: string, known: readonly Slot[]): Template<Slot> {
  const parts = phrase.split(/\{(\w+)\}/);
  const slots: Slot[] = [];
  for (let at = 1; at < parts.length; at += 2) {
    const slot = known.find((name) => name === parts[at]);
    if (slot === undefined)
      throw new RangeError(`The phrase "${phrase}" has a slot {${parts[at]}} that nothing fills: use one of ${known.join(', ')}.`);
    slots.push(slot);
  }
  return { literals: parts.filter((_, at) => at % 2 === 0), slots };
}

/** Puts in what `fill` gives for each slot, in order. */
export function fillTemplate<Slot extends string>(template: Template<Slot>, fill: (slot: Slot) => string): string {
  const { literals, slots } = template;
  let text = literals[0]!;
  for (let at = 0; at < slots.length; at++) text += fill(slots[at]!) + literals[at + 1]!;
  return text;
}
