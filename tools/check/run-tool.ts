import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CheckResult } from './check-step.ts';

const require = createRequire(import.meta.url);

export interface RunToolOptions {
  signal?: AbortSignal;
  cwd?: string;
}

/**
 * Runs the command `name` of the installed package `packageName` with this process's Node (a shim on the PATH might
 * find an older one) and finds fault with every exit code but 0.
 */
export function runTool(
  packageName: string,
  name: string,
  args: readonly string[],
  { signal, cwd = process.cwd() }: RunToolOptions = {},
): Promise<CheckResult> {
  return new Promise((resolve, reject) => {
    const options = { cwd, maxBuffer: 64 * 2 ** 20, env: { ...process.env, NO_COLOR: '1' }, ...(signal && { signal }) };
    execFile(process.execPath, [toolPath(packageName, name), ...args], options, (error, stdout, stderr) => {
      if (signal?.aborted) reject(signal.reason);
      else if (error === null) resolve({ ok: true });
      else resolve({ ok: false, findings: `${stdout}${stderr}`.trim() || error.message });
    });
  });
}

/** The script behind a package's command. */
function toolPath(packageName: string, name: string): string {
  const manifest = packageManifest(packageName);
  // npm's own format: `bin` is one path, or paths by command.
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: string | Record<string, string> };
  const path = typeof bin === 'string' ? bin : bin[name];
  if (path === undefined) throw new Error(`${packageName} has no command ${name}; run npm ci and try again`);
  return join(dirname(manifest), path);
}

/** Where a package's manifest is, even when its `exports` hide it. */
function packageManifest(packageName: string): string {
  for (const folder of require.resolve.paths(packageName) ?? []) {
    const path = join(folder, packageName, 'package.json');
    try {
      readFileSync(path);
      return path;
    } catch {
      // Not in this node_modules; the next one up may have it.
    }
  }
  throw new Error(`${packageName} is not installed; run npm ci and try again`);
}
