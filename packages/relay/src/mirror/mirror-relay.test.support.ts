import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ModelManifest, manifestSchema } from '@orilla/contract';
import { defaultLimits } from '../config/default-limits.ts';
import type { RelayConfig } from '../config/relay-config.ts';
import type { RelayEvent } from '../http/relay-log.ts';
import { type Relay, startRelay } from '../relay.ts';

/** The origin whose pages the relays of these tests let in. */
export const listed = 'https://app.example.org';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The manifest of a package with these files. */
export function manifestOf(id: string, files: Readonly<Record<string, Uint8Array>>): ModelManifest {
  return {
    schema: manifestSchema,
    id,
    engine: 'llamacpp',
    files: Object.entries(files).map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: sha256(bytes) })),
    contextLength: 1,
    memory: { weights: 1, kvPerToken: 1, scratch: 1 },
    license: 'Apache-2.0',
  };
}

/** Writes a package into a mirror's folder. Its folder may be called otherwise than the package calls itself. */
export async function writePackage(
  folder: string,
  id: string,
  files: Readonly<Record<string, Uint8Array>>,
  { name = id }: { readonly name?: string } = {},
): Promise<void> {
  await mkdir(join(folder, id, 'files'), { recursive: true });
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, id, 'files', path)), { recursive: true });
    await writeFile(join(folder, id, 'files', path), bytes);
  }
  await writeFile(join(folder, id, 'manifest.json'), JSON.stringify(manifestOf(name, files)));
}

export interface MirrorRelay extends AsyncDisposable {
  readonly port: number;
  /** Where packages are: `<base>/<id>/manifest.json`. */
  readonly base: string;
  readonly events: readonly RelayEvent[];
  readonly relay: Relay;
}

/** A real relay that has nothing but a mirror. */
export async function startMirrorRelay(mirror: RelayConfig['mirror']): Promise<MirrorRelay> {
  const events: RelayEvent[] = [];
  const note = (event: RelayEvent) => void events.push(event);
  const config: RelayConfig = {
    listen: { host: '127.0.0.1', port: 0 },
    hosts: [],
    access: { keys: [], cors: { origins: [listed] } },
    upstreams: [],
    models: [],
    limits: defaultLimits,
    privacy: { ceiling: { label: 'organization' }, default: { label: 'organization' } },
    mirror,
    app: undefined,
    catalog: undefined,
  };
  const relay = await startRelay(config, { logger: { info: note, warn: note, error: note } });
  const { port } = relay.address;
  return {
    port,
    base: `http://127.0.0.1:${port}/orilla/v1/models`,
    events,
    relay,
    [Symbol.asyncDispose]: () => relay.close(),
  };
}
