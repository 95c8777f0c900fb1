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
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= dimension.length; at++) {
    const character = dimension[at];
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (at < dimension.length && (character !== '*' || depth > 0)) continue;
    const factor = dimension.slice(start, at);
    start = at + 1;
    if (/^\d+$/.test(factor)) monomial.coefficient *= Number(factor);
    else monomial.atoms.push(factor);
  }
  return monomial;
}

function print({ coefficient, atoms }: Monomial): Dimension {
  if (atoms.length === 0) return coefficient;
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
  const atoms = [...numerator.atoms];
  for (const atom of denominator.atoms) {
    const at = atoms.indexOf(atom);
    if (at < 0) return null;
    atoms.splice(at, 1);
  }
  return print({ coefficient: numerator.coefficient / denominator.coefficient, atoms });
}

/** The sum; symbolic sums become one bracketed atom. */
export function addDimensions(...dimensions: readonly Dimension[]): Dimension {
  let constant = 0;
  const symbolic: string[] = [];
  for (const dimension of dimensions) {
    if (typeof dimension === 'number') constant += dimension;
    else symbolic.push(dimension);
  }
  if (symbolic.length === 0) return constant;
  if (symbolic.length === 1 && constant === 0) return symbolic[0]!;
  return `(${[...(constant === 0 ? [] : [String(constant)]), ...symbolic.sort()].join('+')})`;
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
