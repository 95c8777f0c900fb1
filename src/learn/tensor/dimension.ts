/**
 * Sizes that may be known only at run time.
 *
 * A dimension is a number, or text for a symbolic one: a product of a coefficient and atoms in canonical order, such as
 * `batch`, `batch*length` or `2*batch`. An atom is a name (`batch`) or a sum in brackets (`(1+length)`).
 */
export type Dimension = number | string;

/** A tensor's sizes, outermost first; `[]` is a scalar. */
export type Shape = readonly Dimension[];

interface Monomial {
  coefficient: number;
  atoms: string[];
}

function parse(dimension: Dimension): Monomial {
  if (typeof dimension === 'number') return { coefficient: dimension, atoms: [] };
  const monomial: Monomial = { coefficient: 1, atoms: [] };
  for (const factor of cutOutsideBrackets(dimension, '*')) {
    if (/^\d+$/.test(factor)) monomial.coefficient *= Number(factor);
    else monomial.atoms.push(factor);
  }
  return monomial;
}

function cutOutsideBrackets(text: string, separator: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character !== separator || depth > 0) continue;
    pieces.push(text.slice(start, at));
    start = at + 1;
  }
  pieces.push(text.slice(start));
  return pieces;
}

function print({ coefficient, atoms }: Monomial): Dimension {
  if (atoms.length === 0 || coefficient === 0) return coefficient;
  const product = [...atoms].sort().join('*');
  return coefficient === 1 ? product : `${coefficient}*${product}`;
}

/** The product in canonical form: `multiplyDimensions('length', 2, 'batch')` is `2*batch*length`. */
export function multiplyDimensions(...dimensions: readonly Dimension[]): Dimension {
  const product: Monomial = { coefficient: 1, atoms: [] };
  for (const dimension of dimensions) {
    const factor = parse(dimension);
    product.coefficient *= factor.coefficient;
    product.atoms.push(...factor.atoms);
  }
  return print(product);
}

/** The exact quotient, or null where `divisor` does not divide. */
export function divideDimension(dimension: Dimension, divisor: Dimension): Dimension | null {
  const numerator = parse(dimension);
  const denominator = parse(divisor);
  if (denominator.coefficient === 0 || numerator.coefficient % denominator.coefficient !== 0) return null;
  const atoms = without(numerator.atoms, denominator.atoms);
  if (atoms === null) return null;
  return print({ coefficient: numerator.coefficient / denominator.coefficient, atoms });
}

/** The sum in canonical form, whatever the order and grouping: `addDimensions(1, 'length', 1)` is `(2+length)`. */
export function addDimensions(...dimensions: readonly Dimension[]): Dimension {
  const terms = new Map<string, Monomial>();
  for (const dimension of dimensions) {
    for (const { coefficient, atoms } of expand(dimension)) {
      const sorted = [...atoms].sort();
      const key = sorted.join('*');
      terms.set(key, { coefficient: (terms.get(key)?.coefficient ?? 0) + coefficient, atoms: sorted });
    }
  }
  const parts = [...terms].filter(([, { coefficient }]) => coefficient !== 0).sort(([left], [right]) => (left < right ? -1 : 1));
  if (parts.length < 2) return parts.length === 0 ? 0 : print(parts[0]![1]);
  // What all terms share stands before the bracket, so that twice (1+length) and (2+2*length) are one.
  const common = parts.map(([, part]) => part).reduce(commonFactor);
  const inside = parts.map(([, { coefficient, atoms }]) =>
    print({ coefficient: coefficient / common.coefficient, atoms: without(atoms, common.atoms)! }),
  );
  return print({ coefficient: common.coefficient, atoms: [...common.atoms, `(${inside.join('+')})`] });
}

/** The terms of a bracketed atom, `(1+length)` → `[1, 'length']`; null for a plain name. */
export function sumTerms(atom: string): readonly Dimension[] | null {
  if (!atom.startsWith('(')) return null;
  return cutOutsideBrackets(atom.slice(1, -1), '+').map((term) => print(parse(term)));
}

/** The size that a dimension has when its names have the given sizes; null where a name is missing. */
export function resolveDimension(dimension: Dimension, sizes: Readonly<Record<string, number>>): number | null {
  const { coefficient, atoms } = parse(dimension);
  let product = coefficient;
  for (const atom of atoms) {
    const size = sizes[atom] ?? resolveSum(atom, sizes);
    if (size === null) return null;
    product *= size;
  }
  return product;
}

function resolveSum(atom: string, sizes: Readonly<Record<string, number>>): number | null {
  const terms = sumTerms(atom)?.map((term) => resolveDimension(term, sizes));
  if (terms === undefined) return null;
  return terms.reduce((total, term) => (total === null || term === null ? null : total + term), 0);
}

/** A dimension as a sum of products of names. */
function expand(dimension: Dimension): Monomial[] {
  const { coefficient, atoms } = parse(dimension);
  let terms: Monomial[] = [{ coefficient, atoms: [] }];
  for (const atom of atoms) {
    const factors = sumTerms(atom)?.flatMap(expand) ?? [{ coefficient: 1, atoms: [atom] }];
    terms = terms.flatMap((term) =>
      factors.map((factor) => ({ coefficient: term.coefficient * factor.coefficient, atoms: [...term.atoms, ...factor.atoms] })),
    );
  }
  return terms;
}

function commonFactor(left: Monomial, right: Monomial): Monomial {
  let [divisor, rest] = [left.coefficient, right.coefficient];
  while (rest !== 0) [divisor, rest] = [rest, divisor % rest];
  const remaining = [...right.atoms];
  const atoms = left.atoms.filter((atom) => {
    const at = remaining.indexOf(atom);
    if (at >= 0) remaining.splice(at, 1);
    return at >= 0;
  });
  return { coefficient: divisor, atoms };
}

/** The atoms without those taken away; null where one is not there. */
function without(atoms: readonly string[], taken: readonly string[]): string[] | null {
  const left = [...atoms];
  for (const atom of taken) {
    const at = left.indexOf(atom);
    if (at < 0) return null;
    left.splice(at, 1);
  }
  return left;
}

/** Coefficient and atoms of a dimension, for whoever must compute it at run time. */
export function dimensionFactors(dimension: Dimension): { readonly coefficient: number; readonly atoms: readonly string[] } {
  return parse(dimension);
}

/** How many elements a tensor of this shape has. */
export function elementCount(shape: Shape): Dimension {
  return multiplyDimensions(...shape);
}

/** Whether two shapes are the same, symbol by symbol. */
export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((dimension, axis) => dimension === right[axis]);
}

/** `[batch, length, 64]`, as it stands in messages. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/**
 * The shape of an elementwise result (NumPy's rule: align right, a 1 stretches), or null where the two do not fit.
 * Symbolic dimensions fit only themselves and 1.
 */
export function broadcastShapes(left: Shape, right: Shape): Shape | null {
  const rank = Math.max(left.length, right.length);
  const result: Dimension[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const a = left[axis - rank + left.length] ?? 1;
    const b = right[axis - rank + right.length] ?? 1;
    if (a === b || b === 1) result.push(a);
    else if (a === 1) result.push(b);
    else return null;
  }
  return result;
}
