import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Podman } from './open-podman.ts';

/**
 * Makes a base image where no registry can be reached: this process's own Node and the shared libraries that it loads, at the place
 * where distroless images have theirs, and nothing else.
 * @returns the image's name.
 */
export async function makeBaseImage(podman: Podman): Promise<string> {
  const name = 'localhost/orilla-test-base';
  const folder = await mkdtemp(join(tmpdir(), 'orilla-base-image-'));
  try {
    const rootfs = join(folder, 'rootfs');
    const put = async (from: string, to: string) => {
      await mkdir(dirname(join(rootfs, to)), { recursive: true });
      await cp(from, join(rootfs, to), { dereference: true });
    };
    await put(process.execPath, '/nodejs/bin/node');
    for (const library of await librariesOf(process.execPath)) await put(library, library);
    await mkdir(join(rootfs, 'tmp'));
    await chmod(join(rootfs, 'tmp'), 0o1777);
    await writeFile(join(folder, 'Containerfile'), 'FROM scratch\nCOPY rootfs /\n');
    await podman.run(['build', '--pull=never', '--format', 'docker', '--tag', name, folder], { timeoutMs: 120_000 });
    return name;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Absolute paths of the shared libraries that the loader would take for a program. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [program], { timeout: 20_000 });
  return [...stdout.matchAll(/(?:=>\s*|^\s*)(\/\S+)/gm)].map(([, path]) => path ?? '');
}
