import { join } from 'node:path';
import { build, defaultClientConditions } from 'vite';

/** Builds the bench's page, with Orilla bundled from its sources, into a folder. */
export async function buildPage(folder: string): Promise<void> {
  await build({
    root: join(import.meta.dirname, '..', 'engine-page'),
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@orilla/source', ...defaultClientConditions] },
    worker: { format: 'es' },
    // The relay's policy for pages allows no inline script.
    build: { outDir: folder, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
}
