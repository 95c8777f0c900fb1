import type { TensorValue } from './tensor-value.ts';
import type { Tensor } from './tensor.ts';

/** Further tensors that a step returns, as outputs of its graph. */
export function fetchOutputs(fetch: Readonly<Record<string, Tensor>> = {}): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(fetch).map(([name, tensor]) => [`fetch/${name}`, tensor]));
}

/** Their values, by the names that the caller gave. */
export function fetchedOf(
  fetch: Readonly<Record<string, Tensor>> = {},
  results: Readonly<Record<string, TensorValue>>,
): Record<string, TensorValue> {
  return Object.fromEntries(Object.keys(fetch).map((name) => [name, results[`fetch/${name}`]!]));
}
