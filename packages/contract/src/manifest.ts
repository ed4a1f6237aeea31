import type { EngineName } from './engine.ts';
import { OrillaError } from './error.ts';

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
  readonly requires?: { readonly features?: readonly string[]; readonly limits?: Readonly<Record<string, number>> };
}

const engineNames: readonly EngineName[] = ['webllm', 'onnx', 'llamacpp'];
/** A hundred thousand 8 MiB chunks are 800 GB: a manifest with more is an attack, not a model. */
const maxChunks = 100_000;

/**
 * Checks what a server sent as a manifest.
 * @throws OrillaError `catalog.bad-manifest`, naming the field
 */
export function parseManifest(json: unknown): ModelManifest {
  const root = record(json, 'the manifest');
  if (root.schema !== manifestSchema) throw bad('schema', `must be "${manifestSchema}"`);
  const engine = engineNames.find((name) => name === root.engine);
  if (!engine) throw bad('engine', `must be one of ${engineNames.join(', ')}`);
  const memory = record(root.memory, 'memory');
  const requires = root.requires === undefined ? undefined : record(root.requires, 'requires');
  const features = requires?.features;
  return {
    schema: manifestSchema,
    id: text(root.id, 'id'),
    engine,
    files: list(root.files, 'files').map(parseFile),
    contextLength: count(root.contextLength, 'contextLength'),
    memory: {
      weights: count(memory.weights, 'memory.weights'),
      kvPerToken: count(memory.kvPerToken, 'memory.kvPerToken'),
      scratch: count(memory.scratch, 'memory.scratch'),
    },
    license: text(root.license, 'license'),
    ...(root.tokenizerDigest !== undefined && { tokenizerDigest: digest(root.tokenizerDigest, 'tokenizerDigest') }),
    ...(root.chatTemplateDigest !== undefined && {
      chatTemplateDigest: digest(root.chatTemplateDigest, 'chatTemplateDigest'),
    }),
    ...(features !== undefined && {
      requires: { features: list(features, 'requires.features').map((item) => text(item, 'requires.features')) },
    }),
  };
}

function parseFile(json: unknown, index: number): PackageFile {
  const at = `files[${index}]`;
  const file = record(json, at);
  const path = text(file.path, `${at}.path`);
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw bad(`${at}.path`, 'must be a plain relative path');
  const bytes = count(file.bytes, `${at}.bytes`);
  const sha256 = digest(file.sha256, `${at}.sha256`);
  if (file.chunks === undefined) return { path, bytes, sha256 };
  const items = list(file.chunks, `${at}.chunks`);
  if (items.length > maxChunks) throw bad(`${at}.chunks`, `has more than ${maxChunks} entries`);
  let end = 0;
  const chunks = items.map((item, chunkIndex): Chunk => {
    const where = `${at}.chunks[${chunkIndex}]`;
    const chunk = record(item, where);
    const offset = count(chunk.offset, `${where}.offset`);
    const length = count(chunk.length, `${where}.length`);
    if (offset !== end || length === 0) throw bad(where, 'must begin where the one before it ends');
    end = offset + length;
    return { offset, length, sha256: digest(chunk.sha256, `${where}.sha256`) };
  });
  if (end !== bytes) throw bad(`${at}.chunks`, `cover ${end} of ${bytes} bytes`);
  return { path, bytes, sha256, chunks };
}

function record(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(at, 'must be an object');
  return value as Record<string, unknown>; // an object that is neither null nor an array
}
function list(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw bad(at, 'must be a list');
  return value;
}
function text(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') throw bad(at, 'must be a text');
  return value;
}
function count(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw bad(at, 'must be a whole number, not negative');
  return value;
}
function digest(value: unknown, at: string): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw bad(at, 'must be a SHA-256 in lower-case hex');
  return value;
}
function bad(at: string, why: string): OrillaError {
  return new OrillaError('catalog.bad-manifest', `The model package can't be used: in its manifest ${at} ${why}.`, {
    advice: 'Check that the address is a model mirror and not an error page, or make the package again.',
  });
}
