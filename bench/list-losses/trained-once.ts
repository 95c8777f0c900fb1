import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeFileAtomically } from '../../src/base/atomic-file.ts';

/** The figures that stand in a folder already, or those of a training that is given the folder; kept there for the next time. */
export async function trainedOnce<Figures>(folder: string, train: (folder: string) => Promise<Figures>): Promise<Figures> {
  const file = path.join(folder, 'figures.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Figures;
  mkdirSync(folder, { recursive: true });
  const figures = await train(folder);
  await writeFileAtomically(file, [JSON.stringify(figures)]);
  return figures;
}
