/**
 * Cosines of gradients from their inner products, `[tasks, tasks]`, within [−1, 1] and 1 on the diagonal. Where a gradient
 * is zero there is no angle: those entries are 0, the diagonal's too.
 */
export function cosinesOf(gram: ArrayLike<number>, tasks: number): Float64Array {
  const cosines = new Float64Array(tasks * tasks);
  for (let i = 0; i < tasks; i++) {
    for (let j = 0; j < tasks; j++) {
      const lengths = Math.sqrt(gram[i * tasks + i]!) * Math.sqrt(gram[j * tasks + j]!);
      if (!(lengths > 0)) continue;
      cosines[i * tasks + j] = i === j ? 1 : Math.max(-1, Math.min(1, gram[i * tasks + j]! / lengths));
    }
  }
  return cosines;
}
