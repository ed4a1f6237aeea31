import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where to look for the cache folder's place: the environment and the person's home, both replaceable in tests. */
export interface CacheFolderOptions {
  env?: Readonly<Record<string, string | undefined>>;
  home?: string;
}

/**
 * The absolute path of a file or folder in the cache: what scripts download or build once and share between clones
 * (the starter model, adapters, model servers). `ORILLA_CACHE` moves it; without it `~/.cache/orilla` is used.
 * Nothing is created.
 */
export function cacheFolder(
  segments: readonly string[] = [],
  { env = process.env, home = homedir() }: CacheFolderOptions = {},
): string {
  // An empty variable counts as unset: `ORILLA_CACHE= npm start` must not write into the current folder.
  const root = env.ORILLA_CACHE || join(home, '.cache', 'orilla');
  return join(root, ...segments);
}
