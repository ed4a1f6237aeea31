import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The folder itself, filled by `fill` where it is not there yet. It gets its name when it is whole: whoever finds it needs no other
 * sign. Of two that fill it at once one stays.
 * @throws as `fill`
 */
export async function finishedFolder(folder: string, fill: (working: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const working = await mkdtemp(`${folder}-`);
  try {
    await fill(working);
    await rename(working, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(working, { recursive: true, force: true });
  }
  return folder;
}
