import { type ExecFileOptions, execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { chromium } from '@playwright/test';

/** Runs an installer; when it fails, the error is what it wrote about an error, not its command line. */
async function run(command: string, args: readonly string[], options: ExecFileOptions): Promise<void> {
  try {
    await promisify(execFile)(command, args, { maxBuffer: 64 * 2 ** 20, ...options });
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    const reason = /^(?:Error|E): *(.*)$/m.exec(stderr)?.[1];
    throw reason ? new Error(reason, { cause: error }) : error;
  }
}

/** A way to bring a Chromium to a machine that has none. */
export interface ChromiumBringer {
  /** What people are told: "Debian's package". */
  name: string;
  /** Why it cannot even be tried here, if so. */
  unusable?: string;
  /** Installs it and returns the path of the executable. */
  bring(options: { signal?: AbortSignal }): Promise<string>;
}

export const playwrightChromium: ChromiumBringer = {
  name: "Playwright's own Chromium",
  async bring({ signal }) {
    const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
    await run(process.execPath, [cli, 'install', '--no-shell', 'chromium'], {
      env: { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '3000' },
      timeout: 300_000,
      ...(signal && { signal }),
    });
    return chromium.executablePath();
  },
};

/** Debian's package, which only root may install. */
export function debianChromium({
  isRoot = process.getuid?.() === 0,
  env = process.env,
}: {
  isRoot?: boolean;
  env?: NodeJS.ProcessEnv;
} = {}): ChromiumBringer {
  return {
    name: "Debian's package",
    ...(process.platform === 'linux' && isRoot ? {} : { unusable: 'only root on Debian can install it' }),
    async bring({ signal }) {
      const options = {
        env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
        timeout: 600_000,
        ...(signal && { signal }),
      };
      await run('apt-get', ['-qq', 'update'], options);
      await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'chromium'], options);
      return '/usr/bin/chromium';
    },
  };
}
