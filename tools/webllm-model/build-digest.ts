import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the model is made by, and at the end with: everything that decides its bytes but the compiler. */
export const scriptsFolder = import.meta.dirname;

/** Decides what the runtime's object files are; the rest of the scripts only decides what the model is. */
const runtimeInputs = /^(?:headers\/.*\.h|runtime\.py|requirements\.txt)$/;
const modelInputs = /^(?:headers\/.*\.h|[^/]*\.py|requirements\.txt)$/;

export interface DigestOptions {
  readonly folder?: string;
}

/** Changes with every change of the scripts, the headers and the versions. 16 hexadecimal digits. */
export function modelDigest({ folder = scriptsFolder }: DigestOptions = {}): Promise<string> {
  return digestOf(folder, modelInputs);
}

/** Changes with the headers, the versions and the compiler. 16 hexadecimal digits. */
export function runtimeDigest(compiler: string, { folder = scriptsFolder }: DigestOptions = {}): Promise<string> {
  return digestOf(folder, runtimeInputs, compiler);
}

/** Changes with the versions of the Python packages. 16 hexadecimal digits. */
export function pythonDigest({ folder = scriptsFolder }: DigestOptions = {}): Promise<string> {
  return digestOf(folder, /^requirements\.txt$/);
}

async function digestOf(folder: string, inputs: RegExp, seed = ''): Promise<string> {
  const hash = createHash('sha256').update(seed);
  const names = (await readdir(folder, { recursive: true })).filter((name) => inputs.test(name)).sort();
  // The length keeps the end of one file from passing for the beginning of the next.
  for (const name of names) {
    const content = await readFile(join(folder, name));
    hash.update(`\n${name} ${content.byteLength}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}
