import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

/** A folder that goes with the scope that has it. */
export async function scratchFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'orilla-archive-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Runs the system's tar, and gives what it prints. @throws Error with what it complains of */
export async function systemTar(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('tar', [...args], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  if (stderr !== '') throw new Error(stderr);
  return stdout;
}

export async function writeBlob(path: string, blob: Blob): Promise<void> {
  // Node's own stream and the browser's are the same here, but not to their types.
  await pipeline(Readable.fromWeb(blob.stream() as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(path));
}
