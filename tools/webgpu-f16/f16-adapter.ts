import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../cache/cache-folder.ts';
import { type LavapipeOptions, lavapipeDriver } from './lavapipe-driver.ts';

/** What Chromium's environment needs on top to get an adapter with `shader-f16`, or why there is none. */
export type F16Adapter = { env: Record<string, string> } | { notAvailable: string };

export interface EnsureF16AdapterOptions extends LavapipeOptions {
  folder?: string;
}

const shimSource = join(import.meta.dirname, 'lavapipe-for-chromium.c');

/**
 * Makes a WebGPU adapter with `shader-f16` for a machine without a GPU: Mesa's lavapipe in place of the SwiftShader
 * that Chromium carries. Kept in the cache, so that later calls only look. It still calls itself SwiftShader: tests
 * assert on the feature. Compiled shaders are kept as well, because the first compilation takes tens of seconds.
 */
export async function ensureF16Adapter(options: EnsureF16AdapterOptions = {}): Promise<F16Adapter> {
  const { signal, folder = cacheFolder(['webgpu-f16']) } = options;
  try {
    await mkdir(folder, { recursive: true });
    const driver = await lavapipeDriver(folder, options);
    const shim = await buildShim(folder, { signal });
    const run = join(folder, 'run');
    const shaders = join(folder, 'shaders');
    await mkdir(run, { recursive: true });
    await chmod(run, 0o700);
    await mkdir(shaders, { recursive: true });
    return {
      env: {
        LD_PRELOAD: shim,
        ORILLA_LAVAPIPE_SHIM: shim,
        ORILLA_LAVAPIPE_DRIVER: driver,
        XDG_RUNTIME_DIR: run,
        MESA_SHADER_CACHE_DIR: shaders,
      },
    };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { notAvailable: `lavapipe cannot be had here: ${reason}` };
  }
}

/** Compiles the shim unless one of the same source is there. */
export async function buildShim(
  folder: string,
  { signal, source = shimSource }: { readonly signal?: AbortSignal | undefined; readonly source?: string } = {},
): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 16);
  const shim = join(folder, `lavapipe-for-chromium-${hash}.so`);
  if (existsSync(shim)) return shim;
  // Under another name until it is whole: somebody else may be building it too.
  const fresh = `${shim}.${process.pid}`;
  const flags = ['-O2', '-shared', '-fPIC', '-fvisibility=hidden', '-Wall'];
  try {
    await promisify(execFile)('cc', [...flags, '-o', fresh, source, '-ldl'], signal ? { signal } : {});
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new Error('there is no C compiler (cc) to build its shim with', { cause: error });
  }
  await rename(fresh, shim);
  return shim;
}
