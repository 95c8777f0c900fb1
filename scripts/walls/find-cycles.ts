/**
 * The circular imports of a file graph: each as its files in order, the first repeated at the end. One cycle is told
 * for each import that closes one, so that mending what is told mends all.
 *
 * Cost: linear in files and imports.
 */
export function findCycles(graph: ReadonlyMap<string, readonly { readonly to: string }[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const onTrail = new Set<string>();

  const visit = (file: string) => {
    if (onTrail.has(file)) {
      cycles.push([...trail.slice(trail.indexOf(file)), file]);
      return;
    }
    if (done.has(file)) return;
    trail.push(file);
    onTrail.add(file);
    for (const { to } of graph.get(file) ?? []) visit(to);
    trail.pop();
    onTrail.delete(file);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}
