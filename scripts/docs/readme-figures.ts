import type { Figures, Gate } from '../../bench/gate/gate-file.ts';
import type { GateResult } from '../../bench/gate/result-file.ts';

const BEGIN = '<!-- figures: begin, written by `npm run readme:figures` from bench/results -->';
const END = '<!-- figures: end -->';

/**
 * A document with the figures of the gates between its two markers, and nothing else changed.
 *
 * @throws Error when a marker is missing
 */
export function withFigures(document: string, gates: readonly Gate[], resultOf: (id: string) => GateResult | null): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The document must hold these two lines, in this order:\n${BEGIN}\n${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n\n${figuresTable(gates, resultOf)}\n\n${document.slice(end)}`;
}

function figuresTable(gates: readonly Gate[], resultOf: (id: string) => GateResult | null): string {
  const results = gates.map((gate) => resultOf(gate.id));
  const rows = gates.map((gate, at) => {
    const result = results[at]!;
    const conditions = gate.bar.filter(({ value }) => typeof value === 'number');
    const shown = conditions.length > 0 ? conditions : gate.bar;
    const bar = shown.map(({ metric, operator, value }) => `${nameOf(metric)} ${SIGNS[operator]} ${amount(value, unitOf(metric))}`);
    const measured = result === null ? ['*not yet*'] : shown.map(({ metric }) => measuredOf(metric, result.figures));
    const met = result === null ? '' : result.passed ? 'yes' : '**no**';
    return `| ${gate.what} | ${bar.join('<br>')} | ${measured.join('<br>')} | ${met} | \`npm run gate -- ${gate.id}\` |`;
  });
  const machines = new Set(results.flatMap((result) => (result === null ? [] : [machineOf(result)])));
  const measuredOn =
    machines.size === 0
      ? []
      : ['', `Measured on: ${[...machines].join('; ')}. Protocol, commit and date of each stand in [bench/results](bench/results).`];
  return ['| what | bar | measured | met | command |', '|---|---|---|---|---|', ...rows, ...measuredOn].join('\n');
}

const SIGNS = { '>=': '≥', '<=': '≤', '=': '=' } as const;

function measuredOf(metric: string, figures: Figures): string {
  const value = figures[metric];
  return value === undefined ? '?' : amount(value, unitOf(metric));
}

function machineOf({ machine }: GateResult): string {
  return `${machine.cores} cores (${machine.cpu}), ${Math.round(machine.memoryGiB)} GiB, ${machine.platform}, Node.js ${machine.node}`;
}

const UNITS: readonly (readonly [suffix: RegExp, unit: string])[] = [
  [/Seconds$/, ' s'],
  [/Minutes$/, ' min'],
  [/(?<=[a-z0-9])Ms$/, ' ms'],
  [/MiB$/, ' MiB'],
];

function unitOf(metric: string): string {
  return UNITS.find(([suffix]) => suffix.test(metric))?.[1] ?? '';
}

const WORDS: Readonly<Record<string, string>> = {
  hstu: 'HSTU',
  sasrec: 'SASRec',
  mlp: 'MLP',
  hr10: 'HR@10',
  ndcg10: 'NDCG@10',
  max: 'peak',
};

/** `hstuNdcg10` is "HSTU NDCG@10", `startAfterSetupSeconds` is "start after setup". */
function nameOf(metric: string): string {
  const bare = UNITS.reduce((name, [suffix]) => name.replace(suffix, ''), metric);
  const words = bare
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .split(' ');
  return words.map((word) => WORDS[word] ?? word).join(' ');
}

function amount(value: number | boolean, unit: string): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const digits = Number.isInteger(value) || Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 4;
  return `${value.toLocaleString('en-US', { maximumFractionDigits: digits })}${unit}`;
}
