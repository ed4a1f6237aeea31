import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Suites that carry Mesa 25 or newer, the first with `shader-f16` in lavapipe, by Debian release. */
const mesa25Suites: Readonly<Record<string, string>> = {
  bookworm: 'bookworm-backports',
  trixie: 'trixie',
};

/**
 * The apt source line to take Mesa 25's lavapipe from: this machine's own Debian archive, with the suite changed.
 * Undefined where this is no Debian that has one.
 */
export async function mesaSource(etc = '/etc'): Promise<string | undefined> {
  const release = await readText(join(etc, 'os-release'));
  const suite = mesa25Suites[/^VERSION_CODENAME=(.*)$/m.exec(release)?.[1] ?? ''];
  const sources = [join(etc, 'apt', 'sources.list'), ...(await sourceFiles(join(etc, 'apt', 'sources.list.d')))];
  const texts = await Promise.all(sources.map(readText));
  const archive = texts.map(debianArchive).find((found) => found !== undefined);
  if (suite === undefined || archive === undefined) return undefined;
  return `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${archive} ${suite} main`;
}

/** The Debian archive named in a sources file of either format. */
export function debianArchive(text: string): string | undefined {
  return /^(?:URIs: *|deb +(?:\[[^\]]*\] +)?)(\S+\/debian\/?)(?:\s|$)/m.exec(text)?.[1];
}

async function sourceFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /\.(list|sources)$/.test(name)).map((name) => join(folder, name));
}

/** What is not there reads as empty. */
const readText = (path: string) => readFile(path, 'utf8').catch(() => '');
