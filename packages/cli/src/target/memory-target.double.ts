import type { MirrorReader } from './mirror-reader.ts';
import type { PackageTarget } from './package-target.ts';

/** A target in memory, and everything that happened at it, in order. For tests. */
export function memoryTarget({ keepsParts = false } = {}): PackageTarget & {
  readonly files: Map<string, Buffer>;
  readonly steps: string[];
} {
  const files = new Map<string, Buffer>();
  const steps: string[] = [];
  const read: MirrorReader['readFile'] = async (path) => {
    const bytes = files.get(path);
    if (!bytes) return null;
    steps.push(`read ${path}`);
    return (async function* () {
      yield bytes;
    })();
  };
  return {
    name: 'the target',
    keepsParts,
    files,
    steps,
    listFiles: async (id) =>
      [...files]
        .filter(([path]) => id === null || path.startsWith(`${id}/`))
        .map(([path, { length: bytes }]) => ({ path, bytes })),
    readFile: read,
    async putFile(path, content, { part }) {
      let bytes = part && part.bytes > 0 ? (files.get(part.path) ?? Buffer.alloc(0)) : Buffer.alloc(0);
      for await (const piece of content) {
        bytes = Buffer.concat([bytes, piece]);
        if (part) files.set(part.path, bytes);
      }
      if (part) files.delete(part.path);
      files.set(path, bytes);
      steps.push(`put ${path}`);
    },
    async removeFile(path) {
      if (files.delete(path)) steps.push(`remove ${path}`);
    },
  };
}
