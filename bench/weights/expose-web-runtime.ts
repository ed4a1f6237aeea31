import type { Plugin } from 'vite';

/** In the bundle that WebLLM is published as. */
const declaration = 'var libExports$2 = requireLib$2();';

/**
 * Adds to `@mlc-ai/web-llm` an export of the runtime that is bundled into it, so that its own caches can be measured without a GPU and
 * without a model made for it.
 */
export function exposeWebRuntime(): Plugin {
  return {
    name: 'expose-web-runtime',
    transform: (code, id) => (id.includes('@mlc-ai/web-llm/lib/index.js') ? withRuntimeExport(code) : null),
  };
}

/** Unchanged where the bundle is made in another way: then the peer is told as one that could not be started. */
export function withRuntimeExport(code: string): { readonly code: string; readonly map: null } {
  const isKnown = code.includes(declaration);
  return { code: isKnown ? `${code}\nexport { libExports$2 as webRuntime };\n` : code, map: null };
}
