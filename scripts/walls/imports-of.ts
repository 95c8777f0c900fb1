import { Visitor, parseSync } from 'oxc-parser';

/** What the wall check needs to know of one source file. */
export interface SourceFacts {
  /** Each module named in an import, a re-export, a dynamic import or an import type, with its line (from 1). */
  readonly imports: readonly { readonly specifier: string; readonly line: number }[];
  /** Lines of `export * from …`. */
  readonly starExports: readonly number[];
  /** Lines that read the machine's clock or process past the linter: `new Date()`, `globalThis.process`. */
  readonly ambientReads: readonly number[];
}

/**
 * Reads one TypeScript or JavaScript file. Types count: a wall is about knowing, not about loading.
 *
 * @throws Error when the file does not parse, naming it and the place
 */
export function factsOf(file: string, text: string): SourceFacts {
  const { program, errors } = parseSync(file, text);
  const [first] = errors;
  if (first !== undefined) throw new Error(`${file} does not parse: ${first.message}`);

  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  const lineOf = (offset: number) => lineStarts.findLastIndex((start) => start <= offset) + 1;

  const imports: { specifier: string; line: number }[] = [];
  const starExports: number[] = [];
  const ambientReads: number[] = [];
  const add = (source: { type: string; value?: unknown; start: number } | null) => {
    if (source !== null && typeof source.value === 'string') imports.push({ specifier: source.value, line: lineOf(source.start) });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source as { type: string; value?: unknown; start: number }),
    TSImportType: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration(node) {
      add(node.source);
      starExports.push(lineOf(node.start));
    },
    NewExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0)
        ambientReads.push(lineOf(node.start));
    },
    MemberExpression(node) {
      if (node.object.type !== 'Identifier' || node.object.name !== 'globalThis' || node.property.type !== 'Identifier') return;
      if (['process', 'console', 'performance'].includes(node.property.name)) ambientReads.push(lineOf(node.start));
    },
  }).visit(program);
  return { imports, starExports, ambientReads };
}
