import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckResult, CheckStep } from './check-step.ts';
import { packagesWithOtherLicence } from './licences.ts';
import { type Lockfile, packagesWithAddress } from './lockfile.ts';
import { runTool } from './run-tool.ts';

const root = join(import.meta.dirname, '..', '..');

const publishedPackages = ['contract', 'worker', 'core', 'relay', 'cli'];

/** Everything that `npm run check` checks, in order: the quick and likely first. */
export const steps: readonly CheckStep[] = [
  {
    name: 'format and lint',
    run: (options) => biome(['ci', '.'], options),
  },
  {
    name: 'import boundaries',
    run: (options) =>
      biome(['lint', '--only=style/noRestrictedImports', '--only=suspicious/noImportCycles', '.'], options),
  },
  {
    name: 'types',
    run: (options) => runTool('typescript', 'tsc', ['-b', '--pretty', 'false'], { ...options, cwd: root }),
  },
  {
    name: 'packages as published',
    run: async (options) => {
      const built = await runTool('typescript', 'tsc', ['-b', 'tsconfig.build.json'], { ...options, cwd: root });
      if (!built.ok) return built;
      return firstFault(
        publishedPackages.flatMap((name) => {
          const at = { ...options, cwd: join(root, 'packages', name) };
          return [
            () => runTool('publint', 'publint', ['--strict'], at),
            () => runTool('@arethetypeswrong/cli', 'attw', ['--pack', '.', '--profile', 'esm-only', '--no-emoji'], at),
          ];
        }),
      );
    },
  },
  {
    name: 'size budget',
    run: (options) => runTool('size-limit', 'size-limit', [], { ...options, cwd: root }),
  },
  {
    name: 'licences of dependencies',
    run: async () => noneOf(packagesWithOtherLicence(await lockfile()), 'licences that are not on the list'),
  },
  {
    name: 'lockfile without addresses',
    run: async () => noneOf(packagesWithAddress(await lockfile()), 'packages with a `resolved` address'),
  },
];

function biome(args: readonly string[], options: { signal?: AbortSignal }): Promise<CheckResult> {
  return runTool('@biomejs/biome', 'biome', [...args, '--colors=off', '--error-on-warnings'], {
    ...options,
    cwd: root,
  });
}

/** Runs one after the other until one finds a fault. */
async function firstFault(runs: readonly (() => Promise<CheckResult>)[]): Promise<CheckResult> {
  for (const run of runs) {
    const result = await run();
    if (!result.ok) return result;
  }
  return { ok: true };
}

function noneOf(found: readonly string[], what: string): CheckResult {
  return found.length === 0 ? { ok: true } : { ok: false, findings: `${what}:\n${found.join('\n')}` };
}

async function lockfile(): Promise<Lockfile> {
  // npm's own file, of the version that this repository pins.
  return JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
}
