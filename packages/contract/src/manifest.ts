import { type EngineName, engineNames } from './engine.ts';
import { OrillaError } from './error.ts';
import { count, digest, list, oneOf, parseShape, record, relativePath, ShapeError, text } from './json-shape.ts';
import { type ManifestSignature, readSignature } from './manifest-signature.ts';

export const manifestSchema = 'orilla.model/1';

/** A range of a file that is fetched, hashed and stored as one piece. SHA-256 in lower-case hex. */
export interface Chunk {
  readonly offset: number;
  readonly length: number;
  readonly sha256: string;
}

/** One file of a package. Chunks cover it without gap or overlap; absent where only the whole file's hash is known. */
export interface PackageFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly chunks?: readonly Chunk[];
}

/** Bytes of memory a model takes: fixed for the weights and scratch, and for each token of context. */
export interface MemoryFigures {
  readonly weights: number;
  readonly kvPerToken: number;
  readonly scratch: number;
}

/** What a device must have for a package to run at all. */
export interface Requirements {
  /** WebGPU features. */
  readonly features?: readonly string[];
  /** WebGPU limits by their names there (`maxStorageBufferBindingSize` …): the adapter must have at least these. */
  readonly limits?: Readonly<Record<string, number>>;
}

/** What a model package consists of. Digests are taken over a canonical form of tokenizer and template. */
export interface ModelManifest {
  readonly schema: typeof manifestSchema;
  readonly id: string;
  readonly engine: EngineName;
  readonly files: readonly PackageFile[];
  readonly contextLength: number;
  readonly memory: MemoryFigures;
  readonly license: string;
  readonly tokenizerDigest?: string;
  readonly chatTemplateDigest?: string;
  readonly requires?: Requirements;
  readonly signature?: ManifestSignature;
}

/** A hundred thousand 8 MiB chunks are 800 GB: a manifest with more is an attack, not a model. */
const maxChunks = 100_000;
/** Each is in memory once while it is hashed. */
const maxChunkBytes = 64 * 1024 ** 2;

/**
 * Checks what a server sent as a manifest.
 * @throws OrillaError `catalog.bad-manifest`, naming the field
 */
export function parseManifest(json: unknown): ModelManifest {
  return parseShape(
    () => readManifest(record(json, 'the manifest')),
    ({ message }) =>
      new OrillaError('catalog.bad-manifest', `The model package can't be used: in its manifest ${message}.`, {
        advice: 'Check that the address is a model mirror and not an error page, or make the package again.',
      }),
  );
}

function readManifest(root: Readonly<Record<string, unknown>>): ModelManifest {
  const { tokenizerDigest, chatTemplateDigest } = root;
  return {
    schema: oneOf([manifestSchema], root.schema, 'schema'),
    id: text(root.id, 'id'),
    engine: oneOf(engineNames, root.engine, 'engine'),
    files: readFiles(root.files),
    contextLength: count(root.contextLength, 'contextLength'),
    memory: readMemory(root.memory, 'memory'),
    license: text(root.license, 'license'),
    ...(tokenizerDigest !== undefined && { tokenizerDigest: digest(tokenizerDigest, 'tokenizerDigest') }),
    ...(chatTemplateDigest !== undefined && { chatTemplateDigest: digest(chatTemplateDigest, 'chatTemplateDigest') }),
    ...(root.requires !== undefined && { requires: readRequirements(root.requires, 'requires') }),
    ...(root.signature !== undefined && { signature: readSignature(root.signature, 'signature') }),
  };
}

export function readMemory(json: unknown, at: string): MemoryFigures {
  const memory = record(json, at);
  return {
    weights: count(memory.weights, `${at}.weights`),
    kvPerToken: count(memory.kvPerToken, `${at}.kvPerToken`),
    scratch: count(memory.scratch, `${at}.scratch`),
  };
}

export function readRequirements(json: unknown, at: string): Requirements {
  const { features, limits } = record(json, at);
  return {
    ...(features !== undefined && {
      features: list(features, `${at}.features`).map((item) => text(item, `${at}.features`)),
    }),
    ...(limits !== undefined && { limits: readLimits(limits, `${at}.limits`) }),
  };
}

function readLimits(json: unknown, at: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(record(json, at)).map(([name, value]) => [name, count(value, `${at}.${name}`)]),
  );
}

function readFiles(json: unknown): readonly PackageFile[] {
  const files = list(json, 'files').map(readFile);
  const paths = new Set<string>();
  for (const [index, { path }] of files.entries()) {
    if (paths.has(path)) throw new ShapeError(`files[${index}].path`, 'must not be that of another file');
    paths.add(path);
  }
  return files;
}

function readFile(json: unknown, index: number): PackageFile {
  const at = `files[${index}]`;
  const file = record(json, at);
  const path = relativePath(file.path, `${at}.path`);
  const bytes = count(file.bytes, `${at}.bytes`);
  const sha256 = digest(file.sha256, `${at}.sha256`);
  if (file.chunks === undefined) return { path, bytes, sha256 };
  const items = list(file.chunks, `${at}.chunks`);
  if (items.length > maxChunks) throw new ShapeError(`${at}.chunks`, `has more than ${maxChunks} entries`);
  let end = 0;
  const chunks = items.map((item, chunkIndex): Chunk => {
    const where = `${at}.chunks[${chunkIndex}]`;
    const chunk = record(item, where);
    const offset = count(chunk.offset, `${where}.offset`);
    const length = count(chunk.length, `${where}.length`);
    if (offset !== end || length === 0) throw new ShapeError(where, 'must begin where the one before it ends');
    if (length > maxChunkBytes) throw new ShapeError(`${where}.length`, `is more than ${maxChunkBytes} bytes`);
    end = offset + length;
    return { offset, length, sha256: digest(chunk.sha256, `${where}.sha256`) };
  });
  if (end !== bytes) throw new ShapeError(`${at}.chunks`, `cover ${end} of ${bytes} bytes`);
  return { path, bytes, sha256, chunks };
}
