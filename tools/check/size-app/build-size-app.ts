import { join } from 'node:path';
import { build, type Plugin } from 'vite';

/** The files that are downloaded at the start, before anything is imported dynamically. */
export interface InitialChunks {
  page: string[];
  worker: string[];
}

/** Builds the smallest app with Vite, as an app's own build would, and tells which files its start needs. */
export async function buildSizeApp(): Promise<InitialChunks> {
  const outDir = join(import.meta.dirname, 'dist');
  const page: string[] = [];
  const worker: string[] = [];
  await build({
    configFile: false,
    logLevel: 'warn',
    root: import.meta.dirname,
    resolve: { conditions: ['@orilla/source', 'module', 'browser', 'production'] },
    plugins: [recordInitialChunks(page)],
    worker: { format: 'es', plugins: () => [recordInitialChunks(worker)] },
    build: {
      outDir,
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: join(import.meta.dirname, 'main.ts') },
    },
  });
  const paths = (names: readonly string[]) => names.map((name) => join(outDir, name));
  return { page: paths(page), worker: paths(worker) };
}

/** Adds the entry and everything that it imports statically, however deep, to `fileNames`. */
function recordInitialChunks(fileNames: string[]): Plugin {
  return {
    name: 'record-initial-chunks',
    generateBundle(_options, bundle) {
      const visit = (fileName: string) => {
        const chunk = bundle[fileName];
        if (chunk?.type !== 'chunk' || fileNames.includes(fileName)) return;
        fileNames.push(fileName);
        chunk.imports.forEach(visit);
      };
      for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk' && chunk.isEntry) visit(chunk.fileName);
    },
  };
}
