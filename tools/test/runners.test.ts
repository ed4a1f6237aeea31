import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root, runPlaywright, runVitest } from './runners.ts';
import { scratchFolder } from './scratch-folder.ts';

/** A small repository of its own, with the installed runners and these files. */
async function repository(files: Record<string, string>) {
  const folder = await scratchFolder();
  await symlink(join(root, 'node_modules'), join(folder.path, 'node_modules'));
  await writeFile(join(folder.path, 'package.json'), '{"type":"module"}');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  return folder;
}

/** What the runners inside write must not be read as this run's own results. */
const quiet = ({ path }: { path: string }) => ({ cwd: path, output: 'ignore' as const });

const vitestConfig = `
import { defineConfig } from 'vitest/config';
const project = (name) => ({ test: { name, include: [name + '/*.test.ts'] } });
export default defineConfig({ test: { maxWorkers: 1, projects: ['unit', 'slow'].map(project) } });
`;

const playwrightConfig = `
import { defineConfig } from '@playwright/test';
export default defineConfig({
  reporter: [['line'], ['json', { outputFile: 'test-results/playwright.json' }]],
  projects: [{ name: 'e2e', testDir: 'e2e' }, { name: 'slow', testDir: 'slow' }],
});
`;

/** A test file of either runner with one test that passes and one that fails. */
const oneOfEach = (from: string) => `
import { expect, test } from '${from}';
test('good', () => { expect(1).toBe(1); });
test('bad', () => { expect(1).toBe(2); });
`;

const allGood = (from: string) => `
import { expect, test } from '${from}';
test('sees the environment and the sources', () => {
  expect(process.env.GIVEN).toBe('yes');
  expect(process.env.NODE_OPTIONS).toContain('--conditions=@orilla/source');
});
`;

test('Vitest: counts the projects named and no others', async () => {
  await using folder = await repository({
    'vitest.config.js': vitestConfig,
    'unit/a.test.ts': oneOfEach('vitest'),
    'slow/b.test.ts': oneOfEach('vitest'),
  });
  const failures: string[] = [];
  const onFailure = (line: string) => failures.push(line);
  const counts = await runVitest(['unit'], { ...quiet(folder), onFailure });
  expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(failures).toEqual([expect.stringMatching(/unit\/a\.test\.ts › bad: .*expected 1 to be 2/)]);
}, 120_000);

test('Vitest: filters by file name, hands on the environment, and finding nothing is no failure', async () => {
  await using folder = await repository({
    'vitest.config.js': vitestConfig,
    'unit/a.test.ts': allGood('vitest'),
    'unit/b.test.ts': oneOfEach('vitest'),
  });
  const options = { ...quiet(folder), env: { GIVEN: 'yes' } };
  expect(await runVitest(['unit'], { ...options, filters: ['a.test'] })).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect(await runVitest(['unit'], { ...options, filters: ['zz'] })).toEqual({ passed: 0, failed: 0, skipped: 0 });
}, 120_000);

test('Vitest: a file that cannot be loaded, an error outside a test and a broken configuration are failures', async () => {
  await using folder = await repository({
    'vitest.config.js': vitestConfig,
    'unit/a.test.ts': "import './missing.ts';",
    'slow/b.test.ts': `import { test } from 'vitest'; test('good', () => { void Promise.reject(new Error('lost')); });`,
  });
  expect(await runVitest(['unit'], { ...quiet(folder) })).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(await runVitest(['slow'], { ...quiet(folder) })).toEqual({ passed: 1, failed: 1, skipped: 0 });
  await writeFile(join(folder.path, 'vitest.config.js'), 'throw new Error("broken")');
  expect(await runVitest(['unit'], { ...quiet(folder) })).toEqual({ passed: 0, failed: 1, skipped: 0 });
}, 120_000);

test('Playwright: counts the projects named and no others, and hands on the environment', async () => {
  await using folder = await repository({
    'playwright.config.js': playwrightConfig,
    'e2e/a.spec.ts': oneOfEach('@playwright/test'),
    'e2e/b.spec.ts': allGood('@playwright/test'),
    'slow/c.spec.ts': oneOfEach('@playwright/test'),
  });
  const options = { ...quiet(folder), env: { GIVEN: 'yes' } };
  const failures: string[] = [];
  const counts = await runPlaywright(['e2e'], { ...options, onFailure: (line) => failures.push(line) });
  expect(counts).toEqual({ passed: 2, failed: 1, skipped: 0 });
  expect(failures).toEqual([expect.stringMatching(/a\.spec\.ts › bad: /)]);
}, 120_000);

test('Playwright: a file that cannot be loaded and a broken configuration are failures', async () => {
  await using folder = await repository({
    'playwright.config.js': playwrightConfig,
    'e2e/a.spec.ts': "import './missing.ts';",
  });
  const counts = await runPlaywright(['e2e'], { ...quiet(folder) });
  expect(counts.failed).toBeGreaterThan(0);
  await writeFile(join(folder.path, 'playwright.config.js'), 'throw new Error("broken")');
  expect(await runPlaywright(['e2e'], { ...quiet(folder) })).toEqual({ passed: 0, failed: 1, skipped: 0 });
}, 120_000);
