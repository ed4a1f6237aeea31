import { badArchive } from './bad-archive.ts';
import { blockBytes, paddingOf } from './tar-format.ts';
import { readHeader, readPax, textOf } from './tar-header.ts';
import type { TarFile } from './write-tar.ts';

/** More than any model has files; folders and extended headers count too. */
const maxHeaders = 20_000;
const maxNameBytes = 64 * 1024;
/** Writers fill up their last record with zeros, 10 KiB by default. */
const maxEndBytes = 1024 ** 2;

/**
 * The files of a tar archive, by name, without a copy of their content: only headers are read.
 * @throws OrillaError `storage.bad-archive` where it is no such archive, damaged, cut short, has more behind its end, or holds anything but
 * files and folders with plain names; AbortError
 */
export async function readTar(
  archive: Blob,
  { signal }: { readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, Blob>> {
  const files = new Map<string, Blob>();
  let told: { readonly name?: string; readonly bytes?: number } = {};
  let at = 0;
  for (let count = 1; ; count += 1) {
    signal.throwIfAborted();
    if (count > maxHeaders) throw badArchive(`it has more than ${maxHeaders} entries`);
    const header = readHeader(await bytesOf(archive, at, blockBytes));
    at += blockBytes;
    if (!header) break;
    const isMore = header.type === 'x' || header.type === 'L';
    const { type, name, bytes } = isMore ? header : { ...header, ...told };
    if (at + bytes > archive.size) throw badArchive('it ends too early');
    if (isMore) {
      if (bytes > maxNameBytes) throw badArchive('one of its names is too long');
      const content = await bytesOf(archive, at, bytes);
      told = { ...told, ...(type === 'x' ? readPax(content) : { name: textOf(content) }) };
    } else {
      told = {};
      addEntry(files, { type, name, content: archive.slice(at, at + bytes) });
    }
    at += bytes + paddingOf(bytes);
  }
  await expectEnd(archive, at);
  return files;
}

function addEntry(files: Map<string, Blob>, { type, name, content }: TarFile & { readonly type: string }): void {
  const isFolder = type === '5';
  if (type !== '0' && !isFolder) throw badArchive(`${name} in it is neither a file nor a folder`);
  if (isFolder && content.size > 0) throw badArchive(`the folder ${name} in it has content`);
  // `tar -C folder .` puts that in front, begins with the folder itself, and puts a slash behind folders.
  if (isFolder && name === './') return;
  const path = (isFolder ? name.replace(/\/$/, '') : name).replace(/^\.\//, '');
  if (!isPlainPath(path)) throw badArchive(`${JSON.stringify(name)} in it is no plain name of a file`);
  if (isFolder) return;
  if (files.has(path)) throw badArchive(`it has ${path} twice`);
  files.set(path, content);
}

/** One that stays in its folder, on every system. */
export function isPlainPath(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\\\u0000-\u001f\u007f]/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** A tar archive ends with two blocks of zeros; nothing but zeros may follow. */
async function expectEnd(archive: Blob, at: number): Promise<void> {
  const left = archive.size - at;
  if (left < blockBytes) throw badArchive('it ends too early');
  const rest = left <= maxEndBytes ? await bytesOf(archive, at, left) : null;
  if (!rest?.every((byte) => byte === 0)) throw badArchive('there is more in it behind its end');
}

/** @throws OrillaError `storage.bad-archive` where the file has changed or gone since it was chosen */
export async function bytesOf(blob: Blob, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.slice(start, start + length).arrayBuffer());
  } catch (error) {
    throw badArchive('it can no longer be read', error);
  }
}
