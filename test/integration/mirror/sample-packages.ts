import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { type ModelManifest, manifestSchema, signedBytes } from '@orilla/contract';

/** A package as it lies in a mirror: names below the package's folder, and their bytes. */
export interface SamplePackage {
  readonly id: string;
  readonly manifestText: string;
  readonly files: ReadonlyMap<string, Buffer>;
  readonly publicKey: KeyObject;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const chunkBytes = 1024 * 1024;

/** A model in several files, some in folders of their own, with chunks and a real signature. */
export function samplePackage(id: string): SamplePackage {
  const files = new Map([
    ['config.json', Buffer.from('{"model_type":"llama"}')],
    ['shards/model-00001-of-00002.gguf', randomBytes(3_500_001)],
    ['shards/model-00002-of-00002.gguf', randomBytes(2_000_000)],
    ['onnx/q4/a b+ñ.bin', randomBytes(70_000)],
    ['empty.bin', Buffer.alloc(0)],
  ]);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const unsigned: ModelManifest = {
    schema: manifestSchema,
    id,
    engine: 'llamacpp',
    files: [...files].map(([path, bytes]) => ({
      path,
      bytes: bytes.length,
      sha256: sha256(bytes),
      chunks: chunksOf(bytes),
    })),
    contextLength: 2048,
    memory: { weights: 5_500_001, kvPerToken: 1, scratch: 1 },
    license: 'Apache-2.0',
  };
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const value = sign(null, signedBytes(unsigned), privateKey).toString('base64');
  const signature = { algorithm: 'ed25519', keyId: sha256(raw).slice(0, 16), value };
  // Written as no serializer would write it again.
  const manifestText = `${JSON.stringify({ signature, ...unsigned }, null, 3)}\n\n`;
  return { id, manifestText, files, publicKey };
}

function chunksOf(bytes: Buffer) {
  return Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) => {
    const part = bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes);
    return { offset: index * chunkBytes, length: part.length, sha256: sha256(part) };
  });
}

/** Whether the signature of a manifest's text holds. */
export function isSigned(text: string, publicKey: KeyObject): boolean {
  const manifest = JSON.parse(text);
  return verify(null, signedBytes(manifest), publicKey, Buffer.from(manifest.signature.value, 'base64'));
}

/** A file's address in a mirror. */
export const fileUrl = (base: string, id: string, path: string): string =>
  `${base}/${id}/files/${path.split('/').map(encodeURIComponent).join('/')}`;

/** Fetches all of a package as a device does: manifest, then every chunk of every file by range, six at a time. */
export async function fetchPackage(
  base: string,
  { id }: SamplePackage,
): Promise<{ text: string; files: Map<string, Buffer> }> {
  const answer = await fetch(`${base}/${id}/manifest.json`);
  if (answer.status !== 200) throw new Error(`The manifest was answered with ${answer.status}.`);
  const text = await answer.text();
  const { files }: ModelManifest = JSON.parse(text);
  const whole = new Map(files.map(({ path, bytes }) => [path, Buffer.alloc(bytes)]));
  const wanted = files.flatMap(({ path, chunks = [] }) => chunks.map((chunk) => ({ path, ...chunk })));
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let next = wanted.pop(); next; next = wanted.pop()) {
        const { path, offset, length } = next;
        const headers = { range: `bytes=${offset}-${offset + length - 1}` };
        const part = await fetch(fileUrl(base, id, path), { headers });
        const bytes = Buffer.from(await part.arrayBuffer());
        if (part.status !== 206 || sha256(bytes) !== next.sha256)
          throw new Error(`A chunk of ${path} at ${offset} came as ${part.status} with ${bytes.length} bytes.`);
        bytes.copy(whole.get(path) ?? bytes, offset);
      }
    }),
  );
  return { text, files: whole };
}
