import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The name of a package's lock in its folder; hidden, so that no mirror serves it. */
export const lockName = '.lock';

/** Locks of this process, those on their way too. A file that names it and is not among them was left by one of the same number. */
const ours = new Set<string>();

/**
 * Makes this process the only one that writes a package, until what it resolves with is called. A lock of a process that is gone is taken
 * over.
 * @throws Error where another one writes it, naming it and the lock
 */
export async function lockPackage(folder: string, id: string): Promise<() => Promise<void>> {
  const path = resolve(folder, id, lockName);
  const holder = `${process.pid} ${hostname()}\n`;
  if (ours.has(path)) throw heldBy(holder, id, path);
  ours.add(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    while (!(await create(path, holder))) {
      const found = await readFile(path, 'utf8').catch(absent);
      if (found === undefined) continue;
      if (isHeld(found)) throw heldBy(found, id, path);
      await takeAway(path, found);
    }
  } catch (error) {
    ours.delete(path);
    throw error;
  }
  return async () => {
    await rm(path, { force: true });
    ours.delete(path);
  };
}

async function create(path: string, holder: string): Promise<boolean> {
  return writeFile(path, holder, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Of another machine, or half written, nothing can be said: then it is held. */
function isHeld(holder: string): boolean {
  const [, pid, host] = /^([1-9]\d*) (.+)\n$/.exec(holder) ?? [];
  if (pid === undefined || host !== hostname()) return true;
  return Number(pid) !== process.pid && lives(Number(pid));
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be asked, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // what Node throws here
  }
}

/** Two may find the same lock without a holder, and one may have a new one there when the other takes it away: that is put back. */
async function takeAway(path: string, stale: string): Promise<void> {
  const away = join(dirname(path), `${lockName}.${process.pid}`);
  await rename(path, away).catch(absent);
  const taken = await readFile(away, 'utf8').catch(absent);
  if (taken !== undefined && taken !== stale) await create(path, taken);
  await rm(away, { force: true });
}

function heldBy(holder: string, id: string, path: string): Error {
  const [pid = 'unknown', host = 'unknown'] = holder.trim().split(' ');
  return new Error(
    `Another process (${pid} on ${host}) is making the package ${id}. Wait for it to end; if there is none, remove ${path}.`,
  );
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
