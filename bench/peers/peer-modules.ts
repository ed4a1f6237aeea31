import { join } from 'node:path';
import type { Plugin } from 'vite';
import type { EnsuredPeers } from './ensure-peers.ts';

const transformers = '@huggingface/transformers';

/**
 * Lets a bench's page import `@huggingface/transformers` from where `ensurePeers` has put it: its build for browsers. Where it could not be
 * had, the import fails in the page, with the reason.
 */
export function peerModules(peers: EnsuredPeers): Plugin {
  return {
    name: 'peer-modules',
    enforce: 'pre',
    resolveId(id) {
      if (id !== transformers) return null;
      return 'path' in peers ? join(peerFolder(peers.path), 'dist', 'transformers.web.js') : `\0${transformers}`;
    },
    load(id) {
      if (id !== `\0${transformers}` || !('notRun' in peers)) return null;
      return `throw new Error(${JSON.stringify(peers.notRun)}); export {};`;
    },
  };
}

const peerFolder = (path: string) => join(path, 'node_modules', transformers);

/** Where the WASM of its onnxruntime lies, which it would take from a public server. */
export function peerWasmFolder({ path }: { readonly path: string }): string {
  return join(path, 'node_modules', 'onnxruntime-web', 'dist');
}
