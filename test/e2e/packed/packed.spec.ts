import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packGguf } from '@orilla/cli';
import { expect, type Page, test } from '@playwright/test';
import { ensureStarterModel } from '../../../tools/model/starter-model.ts';
import { runOutside } from '../../../tools/packages/run-outside.ts';
import { type FreshApp, makeFreshApp } from './fresh-app.ts';
import { type MirrorServer, startMirrorServer } from './mirror-server.ts';
import { startVite, type ViteServer, viteCommand } from './vite-server.ts';

// The packages as they are published, in an app outside the workspace that configures nothing.

test.setTimeout(300_000);

const packageId = 'smollm2-135m-instruct-q4_1';

let app: FreshApp;
let mirror: MirrorServer;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  app = await makeFreshApp();
  const { path } = await ensureStarterModel();
  const folder = join(app.path, 'model-mirror');
  await packGguf({ path, id: packageId, license: 'Apache-2.0', contextLength: 2048, folder });
  mirror = await startMirrorServer(folder);
});
test.afterAll(async () => {
  await mirror?.[Symbol.asyncDispose]();
  await app?.remove();
});

test('a packed package holds its sources, what is built of them, and nothing else', () => {
  for (const { name, files } of app.tarballs) {
    const sources = files.filter((file) => file.startsWith('src/'));
    const built = sources
      .map((source) => source.replace(/^src\/(.*)\.ts$/, 'dist/$1'))
      .flatMap((path) => [`${path}.d.ts`, `${path}.js`, `${path}.js.map`]);
    const code = files.filter((file) => file !== 'LICENSE' && file !== 'README.md');
    expect(code.sort(), name).toEqual(['package.json', ...sources, ...built].sort());
    expect(sources.length, name).toBeGreaterThan(0);
    expect(files.filter((file) => /\.(test|double)\./.test(file))).toEqual([]);
  }
});

test('types resolve from what was published, in strict mode', async () => {
  expect(await typeErrors()).toBe('');
});

test('a plain Node imports core without a DOM, and nothing happens', async () => {
  const script = 'import("@orilla/core").then((core) => console.log(Object.keys(core).join(" ")))';
  // The program ends by itself: nothing was started that keeps it alive.
  const printed = await runOutside(process.execPath, ['-e', script], { cwd: app.path, timeoutMs: 20_000 });
  expect(printed).toContain('createOrilla');
});

test('answers on the device under `vite`', async ({ page }) => {
  await using vite = await startVite(app.path, 'dev');
  await expectAnswer(page, vite);
});

test('answers on the device when built by `vite build`, without the openai package', async ({ page }) => {
  // Only its types are used.
  await rm(join(app.path, 'node_modules', 'openai'), { recursive: true });
  await runOutside(process.execPath, [viteCommand(app.path), 'build'], { cwd: app.path });
  await using vite = await startVite(app.path, 'preview');
  await expectAnswer(page, vite);
});

/** Opens the app, which asks by itself, and waits for what the device answers. */
async function expectAnswer(page: Page, vite: ViteServer): Promise<void> {
  const origins = new Set<string>();
  page.context().on('request', (request) => origins.add(new URL(request.url()).origin));
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const sentBefore = mirror.sentBytes;
  await page.goto(`${vite.url}?mirror=${encodeURIComponent(`${mirror.url}${packageId}/`)}`);
  const answer = page.locator('#answer');
  await expect(answer, vite.output()).toHaveAttribute('data-state', /./, { timeout: 240_000 });
  await expect(answer).toContainText('Paris');
  await expect(answer).toHaveAttribute('data-state', 'done');
  await expect(answer).toHaveAttribute('data-place', 'device');
  await expect(answer).toHaveAttribute('data-backend', /^(wasm|webgpu)$/);
  expect(mirror.sentBytes - sentBefore).toBeGreaterThan(98_000_000);
  expect(errors).toEqual([]);
  const allowed = [vite.url, mirror.url].map((url) => new URL(url).origin);
  expect([...origins].filter((origin) => !allowed.includes(origin) && origin !== 'null')).toEqual([]);
}

/** What the compiler has to say about the app. */
async function typeErrors(): Promise<string> {
  const compilerOptions = {
    ...{ target: 'es2024', module: 'esnext', moduleResolution: 'bundler', strict: true, noEmit: true },
    ...{ lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'], types: [] },
  };
  await writeFile(join(app.path, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['main.ts'] }));
  const tsc = join(import.meta.dirname, '..', '..', '..', 'node_modules', 'typescript', 'bin', 'tsc');
  return runOutside(process.execPath, [tsc, '--project', '.'], { cwd: app.path });
}
