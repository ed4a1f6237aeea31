import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backend, DevicePackage, EngineName } from '@orilla/contract';
import type { Strike } from '../../test/fixtures/client-page/open-client-page.ts';
import { tinyOnnxPackage } from '../../test/fixtures/models/tiny-onnx-package.ts';
import { webllmPackage } from '../../test/fixtures/webllm-package.ts';
import { type MadePackage, makePackage } from '../../test/fixtures/worker-page/make-package.ts';
import type { Content } from '../../test/fixtures/worker-page/mirror-server.ts';
import { ensureStarterModel } from '../../tools/model/starter-model.ts';
import { ensureWebllmModel } from '../../tools/webllm-model/ensure-webllm-model.ts';
import type { PeerName } from '../engine-page/page-bench.ts';

/** An engine on a backend, with a real model, and the library that does the same without us. */
export interface Subject {
  readonly engine: EngineName;
  readonly backend: Backend;
  readonly made: MadePackage;
  readonly peer: PeerName;
  /** Where the mirror has the peer's files, without a slash at the beginning. */
  readonly peerPath: string;
  /** Where there is another model for the same. */
  readonly suffix: '' | '.smollm2';
  /** What is measured: of a large model its conversations alone, which are what a small one can't tell. */
  readonly scope: 'all' | 'chat';
  /**
   * Whether a late turn may take only so much longer than the first. In a model of a few hundred thousand numbers on a CPU, to look at all that
   * was said before is nearly all that a turn costs, and that grows whatever is kept.
   */
  readonly judgesTurns: boolean;
  /** How its engine loses what it computes with. */
  readonly strike: Strike;
  /** Of a message in a conversation. */
  readonly words: number;
  /** Of a prompt that takes several batches. */
  readonly longWords: number;
  /** Tokens of a prompt that the engine computes at once, as its own settings have it. */
  readonly promptBatch: number;
}

export interface Subjects {
  readonly subjects: readonly Subject[];
  /** What a mirror serves for all of them, by path. */
  readonly served: Readonly<Record<string, Content>>;
}

export interface EnsureOptions {
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((message: string) => void) | undefined;
}

/** What there is here: the starter model, the tiny llama, and the tiny WebLLM model where it can be built. */
export async function ensureSubjects({ signal, log }: EnsureOptions): Promise<Subjects> {
  const all = [await starter({ signal, log }), ...tinyLlama(), ...(await tinyWebllm({ signal, log }))];
  return {
    subjects: all.map(({ subject }) => subject),
    served: Object.assign({}, ...all.map(({ subject, peerFiles }) => ({ ...subject.made.served, ...peerFiles }))),
  };
}

const whole = { suffix: '', scope: 'all', judgesTurns: true } as const;

/** A model as large as the starter's, on WASM: what keeping a conversation is worth there. */
export function largeOnnx({ made, peerPath }: Pick<Subject, 'made' | 'peerPath'>): Subject {
  const sizes = { words: 4, longWords: 0, promptBatch: 32 };
  const peer = { peer: 'transformers', peerPath } as const;
  const shared = { suffix: '.smollm2', scope: 'chat', judgesTurns: true, strike: 'close' } as const;
  return { ...shared, engine: 'onnx', backend: 'wasm', made, ...peer, ...sizes };
}

interface Served {
  readonly subject: Subject;
  readonly peerFiles: Readonly<Record<string, Content>>;
}

async function starter({ signal, log }: EnsureOptions): Promise<Served> {
  const { path } = await ensureStarterModel({ ...(signal && { signal }), ...(log && { log }) });
  const made = await makePackage({ id: 'starter', content: path, chunkBytes: 8 * 1024 ** 2, contextLength: 2_048 });
  const sizes = { words: 12, longWords: 100, promptBatch: 32 };
  const peer = { peer: 'wllama', peerPath: 'starter/files/model.gguf' } as const;
  return {
    subject: { ...whole, engine: 'llamacpp', backend: 'wasm', made, ...peer, strike: 'close', ...sizes },
    peerFiles: {},
  };
}

function tinyLlama(): readonly Served[] {
  const made = tinyOnnxPackage();
  const { id } = made.manifest;
  const peerFiles = Object.fromEntries(
    Object.entries(made.served)
      .filter(([path]) => path.startsWith(`${id}/files/`))
      .map(([path, content]) => {
        const name = path.slice(`${id}/files/`.length);
        return [`hub/tiny/${name.endsWith('.onnx') ? `onnx/${name}` : name}`, content];
      }),
  );
  const shared = {
    ...whole,
    engine: 'onnx',
    made,
    peer: 'transformers',
    peerPath: 'hub/',
    words: 6,
    longWords: 80,
  } as const;
  return [
    { subject: { ...shared, backend: 'webgpu', strike: 'destroy', promptBatch: 128 }, peerFiles },
    { subject: { ...shared, backend: 'wasm', judgesTurns: false, strike: 'close', promptBatch: 32 }, peerFiles },
  ];
}

async function tinyWebllm({ signal, log }: EnsureOptions): Promise<readonly Served[]> {
  const model = await ensureWebllmModel({ signal, log });
  if ('notRun' in model) {
    log?.(`NOT RUN: webllm, since ${model.notRun}.`);
    return [];
  }
  const made = await webllmPackage(model.path, { id: 'tiny-webllm', contextLength: 512 });
  const names = await readdir(model.path);
  const peerFiles = Object.fromEntries(
    names.map((name) => [`mlc/resolve/main/${name.endsWith('.wasm') ? 'library.wasm' : name}`, join(model.path, name)]),
  );
  const sizes = { words: 6, longWords: 80, promptBatch: 128 };
  const peer = { peer: 'webLlm', peerPath: 'mlc/' } as const;
  return [
    {
      subject: { ...whole, engine: 'webllm', backend: 'webgpu', made, ...peer, strike: 'destroy', ...sizes },
      peerFiles,
    },
  ];
}

/** As a catalog tells of it. */
export function packageOf({ made }: Subject, mirrorUrl: string): DevicePackage {
  return made.describe(mirrorUrl);
}
