import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../../base/atomic-file.ts';

/** Writes texts (or nulls) as a JSON array, one a line: an open form that any program reads. */
export async function writeTextList(path: string, texts: readonly (string | null)[]): Promise<void> {
  await writeFileAtomically(path, jsonParts(texts));
}

function* jsonParts(texts: readonly (string | null)[]): Generator<string> {
  let block = '[';
  for (let index = 0; index < texts.length; index++) {
    block += `${index === 0 ? '\n' : ',\n'}${JSON.stringify(texts[index])}`;
    if (block.length > 1 << 20) {
      yield block;
      block = '';
    }
  }
  yield `${block}\n]\n`;
}

/**
 * Reads what {@link writeTextList} wrote, up to 512 MiB (V8's longest string).
 *
 * @throws Where the file is not a JSON array of strings (and nulls, where `nullable`).
 */
export async function readTextList(path: string, nullable: false): Promise<string[]>;
export async function readTextList(path: string, nullable: true): Promise<(string | null)[]>;
export async function readTextList(path: string, nullable: boolean): Promise<(string | null)[]> {
  const texts: unknown = JSON.parse(await readFile(path, 'utf8'));
  const fits = (text: unknown) => typeof text === 'string' || (nullable && text === null);
  if (!Array.isArray(texts) || !texts.every(fits)) throw new Error(`${path} is not a JSON array of texts`);
  return texts as (string | null)[];
}
