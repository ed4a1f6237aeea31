import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { chromium as playwright } from '@playwright/test';
import { chromiumArgs } from './chromium-args.ts';
import { type ChromiumBringer, debianChromium, playwrightChromium } from './chromium-bringers.ts';
import { chromiumPlaces } from './chromium-places.ts';

/** A Chromium that starts, and how to start it. */
export interface Chromium {
  executablePath: string;
  /** What it calls itself: `Chromium 156.0.8078.79 …`; `unknown` where asking would open a window. */
  version: string;
  args: string[];
}

export interface EnsureChromiumOptions {
  signal?: AbortSignal;
  /** Told in a sentence what is being installed, when anything is. */
  log?: (message: string) => void;
  env?: Readonly<Record<string, string | undefined>>;
  /** Where an installed one may be. */
  places?: readonly string[];
  /** What to try, in order, when none is installed. */
  bringers?: readonly ChromiumBringer[];
}

/**
 * Finds a Chromium, or brings one: `CHROME_PATH`, one that is installed, Playwright's own, Debian's package when root.
 * @throws Error with what was tried and what to do, when none can be had or when `CHROME_PATH` does not start.
 */
export async function ensureChromium(options: EnsureChromiumOptions = {}): Promise<Chromium> {
  const { signal, log, env = process.env } = options;
  const { places = [...chromiumPlaces(process.platform, env), playwright.executablePath()] } = options;
  const { bringers = [playwrightChromium, debianChromium()] } = options;
  if (env.CHROME_PATH) {
    const version = await versionOf(env.CHROME_PATH);
    if (version !== undefined) return { executablePath: env.CHROME_PATH, version, args: chromiumArgs() };
    throw new Error(
      `CHROME_PATH is ${env.CHROME_PATH}, which does not start. ` +
        'Point it at a Chromium or Chrome, or unset it to have one found or installed.',
    );
  }
  for (const executablePath of places) {
    const version = await versionOf(executablePath);
    if (version !== undefined) return { executablePath, version, args: chromiumArgs() };
  }
  const failures: string[] = [];
  for (const bringer of bringers) {
    const outcome = await tryToBring(bringer, log, signal);
    if (typeof outcome === 'string') failures.push(`${bringer.name}: ${outcome}`);
    else return outcome;
  }
  throw new Error(
    'The browser tests need a Chromium, and this machine has none.\n' +
      failures.map((failure) => `  - ${failure}\n`).join('') +
      'Install Chromium or Chrome (on Debian: apt-get install chromium), or set CHROME_PATH to one, and try again.',
  );
}

/** The Chromium that was brought, or why it was not. */
async function tryToBring(
  bringer: ChromiumBringer,
  log: EnsureChromiumOptions['log'],
  signal: AbortSignal | undefined,
): Promise<Chromium | string> {
  if (bringer.unusable) return bringer.unusable;
  log?.(`No Chromium found; installing ${bringer.name}.`);
  try {
    const executablePath = await bringer.bring(signal ? { signal } : {});
    const version = await versionOf(executablePath);
    return version === undefined
      ? 'was installed but does not start'
      : { executablePath, version, args: chromiumArgs() };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const [firstLine = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return firstLine;
  }
}

/** What the program at `path` calls itself; undefined when there is none or it does not start. */
async function versionOf(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  // On Windows `--version` opens a browser window.
  if (process.platform === 'win32') return 'unknown';
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 20_000 });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
