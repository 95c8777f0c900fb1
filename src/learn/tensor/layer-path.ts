const stack: string[] = [];

/** The layer being built, `block0.attention`; empty outside any layer. */
export function currentLayerPath(): string {
  return stack.join('.');
}

/**
 * Builds a part of a model under a name: parameters and error messages inside carry it.
 *
 * Graph building is synchronous, so a plain stack is enough; the stack unwinds when `build` throws.
 *
 * @example inLayer('block0', () => inLayer('attention', () => linear(x, 64)))
 */
export function inLayer<Result>(name: string, build: () => Result): Result {
  stack.push(name);
  try {
    return build();
  } finally {
    stack.pop();
  }
}
