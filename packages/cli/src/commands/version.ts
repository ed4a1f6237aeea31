import { readFile } from 'node:fs/promises';

/** The package's own version. Its description lies at the same distance from sources and from what is built. */
export async function readVersion(): Promise<string> {
  const description: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  const hasVersion = typeof description === 'object' && description !== null && 'version' in description;
  return hasVersion ? String(description.version) : 'unknown';
}
