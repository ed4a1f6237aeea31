import { join } from 'node:path';
import { build, defaultClientConditions, type Plugin } from 'vite';

export interface BuildPageOptions {
  /** For the page and its workers. */
  readonly plugins?: readonly Plugin[];
}

/** Builds one of the benches' pages (a folder of `bench/`), with Orilla bundled from its sources, into another folder. */
export async function buildPage(
  page: 'engine-page' | 'behaviour-page' | 'weights-page',
  folder: string,
  { plugins = [] }: BuildPageOptions = {},
): Promise<void> {
  await build({
    root: join(import.meta.dirname, '..', page),
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@orilla/source', ...defaultClientConditions] },
    plugins: [...plugins],
    worker: { format: 'es', plugins: () => [...plugins] },
    // The relay's policy for pages allows no inline script.
    build: { outDir: folder, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
}
