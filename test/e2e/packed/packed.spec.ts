import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { runOutside } from '../../../tools/packages/run-outside.ts';
import { type FreshApp, makeFreshApp } from './fresh-app.ts';

// The packages as they are published, in an app outside the workspace that configures nothing.

test.setTimeout(300_000);

let app: FreshApp;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  app = await makeFreshApp();
});
test.afterAll(() => app?.remove());

test('a packed package holds its sources, what is built of them, and nothing else', () => {
  for (const { name, files } of app.tarballs) {
    const sources = files.filter((file) => file.startsWith('src/'));
    const built = sources
      .map((source) => source.replace(/^src\/(.*)\.ts$/, 'dist/$1'))
      .flatMap((path) => [`${path}.d.ts`, `${path}.js`, `${path}.js.map`]);
    expect([...files].sort(), name).toEqual(['package.json', ...sources, ...built].sort());
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
