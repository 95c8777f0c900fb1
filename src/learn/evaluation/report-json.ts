import type { EvaluationReport } from './evaluation-report.ts';
import { describeProtocol } from './protocol.ts';

/**
 * The report as JSON, two spaces deep, ended by a line break: the record itself, and under `protocolText` the protocol
 * in words.
 */
export function reportJson(report: EvaluationReport): string {
  const protocolText = Object.fromEntries(describeProtocol(report.protocol).map(({ label, text }) => [label, text]));
  return `${JSON.stringify({ ...report, protocolText }, null, 2)}\n`;
}
