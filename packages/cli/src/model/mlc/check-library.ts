import type { FileSource } from '../../files/file-source.ts';

/** What every WebAssembly module begins with. */
const magic = Buffer.from('\0asm');

/** @throws Error where the file is no WebAssembly, as an error page is none, naming it; as the source */
export async function checkLibrary(source: FileSource, path: string, signal: AbortSignal | undefined): Promise<void> {
  let head = Buffer.alloc(0);
  for await (const piece of source.read(path, signal ? { signal } : {})) {
    head = Buffer.concat([head, piece.subarray(0, magic.length)]);
    if (head.length >= magic.length) break;
  }
  if (!head.subarray(0, magic.length).equals(magic))
    throw new Error(
      `${path} is no WebAssembly: it may be an error page, or cut off. Look at where it comes from, and get it again.`,
    );
}

/** @throws Error where a source is anything but one file that is called like a library: it would be left out of the package */
export function checkLibraryName({ name, files }: Pick<FileSource, 'name' | 'files'>): void {
  const [file, ...others] = files;
  if (file?.path.endsWith('.wasm') && others.length === 0) return;
  throw new Error(`${name} is no model library: its name ends in .wasm, as of the one that the model was compiled to.`);
}
