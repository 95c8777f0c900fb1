// `npm run gate`: lists the gates with their last figures. `npm run gate -- ID…`: runs them; 0 when every bar holds.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { NisusError } from '../../src/base/error.ts';
import { compare, type Verdict } from './compare.ts';
import { parseGates, type Gate } from './gate-file.ts';
import { readMachine, readRevision } from './machine.ts';
import { readResult, writeResult, type GateResult } from './result-file.ts';
import { runGate } from './run-gate.ts';

const USAGE = `Usage: npm run gate               lists the gates with their last figures
       npm run gate -- ID [ID…]   runs these gates, one after the other

Exit code: 0 when every bar holds, 1 when one does not or a command fails, 2 for a wrong command line.`;

const root = path.resolve(import.meta.dirname, '../..');
const gatesFile = process.env['NISUS_GATES'] ?? path.join(root, 'bench/gates.json');
const results = process.env['NISUS_GATE_RESULTS'] ?? path.join(root, 'bench/results');

function formatFigure(figure: number | boolean | undefined): string {
  if (figure === undefined) return 'no figure';
  return typeof figure === 'boolean' ? (figure ? 'yes' : 'no') : String(Number(figure.toPrecision(5)));
}

function formatVerdict({ condition, figure, holds, trend }: Verdict, mark: readonly [string, string]): string {
  const { metric, operator, value } = condition;
  const beside = trend === 'new' ? 'first figure' : trend === 'same' ? 'same as last time' : `${trend} than last time`;
  return `  ${holds ? mark[0] : mark[1]} ${metric} = ${formatFigure(figure)} (${operator} ${formatFigure(value)}), ${beside}`;
}

function list(gates: readonly Gate[]): void {
  for (const gate of gates) {
    const last = readResult(results, gate.id);
    const state =
      last === null ? 'never run' : `${last.passed ? 'holds' : 'DOES NOT HOLD'}${last.stretchReached ? ', stretch reached' : ''}`;
    console.log(`${gate.id} [${state}]\n  ${gate.what}`);
    for (const { condition, figure, holds } of compare(gate.bar, last?.figures ?? {})) {
      const measured = last === null ? '' : `, last ${formatFigure(figure)}${holds ? '' : ' ✗'}`;
      console.log(`  ${condition.metric} ${condition.operator} ${formatFigure(condition.value)}${measured}`);
    }
    if (last !== null)
      console.log(
        `  ${last.date.slice(0, 10)}, ${last.revision.commit.slice(0, 10)}${last.revision.isDirty ? ' and changes' : ''}, ${last.machine.cpu}`,
      );
    console.log('');
  }
}

async function run(gate: Gate): Promise<boolean> {
  console.log(`gate ${gate.id}: ${gate.what}\n$ ${gate.command}`);
  const previous = readResult(results, gate.id);
  const { figures, protocol, runs } = await runGate(gate, root);
  const bar = compare(gate.bar, figures, previous?.figures);
  const stretch = compare(gate.stretch, figures, previous?.figures);
  const machine = readMachine();
  const result: GateResult = {
    id: gate.id,
    passed: bar.every(({ holds }) => holds),
    stretchReached: stretch.length > 0 && stretch.every(({ holds }) => holds),
    figures,
    ...(runs.length > 1 ? { runs: [...runs] } : {}),
    protocol,
    command: gate.command,
    machine,
    revision: readRevision(root),
    date: new Date().toISOString(),
    ...(previous === null ? {} : { previous: { figures: previous.figures, commit: previous.revision.commit, date: previous.date } }),
  };
  writeResult(results, result);

  console.log(`\ngate ${gate.id}`);
  for (const verdict of bar) console.log(formatVerdict(verdict, ['✓', '✗']));
  for (const verdict of stretch) console.log(`${formatVerdict(verdict, ['✓', '–'])}, stretch`);
  console.log(`  protocol: ${protocol}`);
  console.log(`  machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node.js ${machine.node}`);
  console.log(
    `  ${result.passed ? 'the bar holds' : 'THE BAR DOES NOT HOLD'}; written to ${path.relative(process.cwd(), path.join(results, `${gate.id}.json`))}`,
  );
  return result.passed;
}

async function main(ids: readonly string[]): Promise<number> {
  if (ids.includes('--help') || ids.includes('-h')) {
    console.log(USAGE);
    return 0;
  }
  const gates = parseGates(readFileSync(gatesFile, 'utf8'));
  const unknown = ids.filter((id) => !gates.some((gate) => gate.id === id));
  if (unknown.length > 0) {
    console.error(`No gate ${unknown.join(', ')}. The gates are ${gates.map(({ id }) => id).join(', ')}.`);
    return 2;
  }
  if (ids.length === 0) list(gates);
  let passed = true;
  for (const gate of gates.filter(({ id }) => ids.includes(id))) {
    try {
      passed = (await run(gate)) && passed;
    } catch (error) {
      if (!(error instanceof NisusError)) throw error;
      console.error(`\n${error.message}`);
      passed = false;
    }
  }
  return passed ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
