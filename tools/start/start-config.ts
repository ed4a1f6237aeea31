import { type Catalog, defaultPrivacy, type Zone } from '@orilla/contract';
import { defaultLimits, defaultThreads, type ModelConfig, type RelayConfig, type UpstreamConfig } from '@orilla/relay';
import { defaultCatalog } from '../../demo/src/catalog.ts';
import type { VllmModel } from './ask-vllm.ts';
import { sequences, starter } from './starter.ts';

export interface StartConfigOptions {
  readonly port: number;
  /** The starter's GGUF file. */
  readonly modelPath: string;
  readonly mirrorFolder: string;
  readonly appFolder: string | undefined;
  readonly vllm:
    | (VllmModel & { readonly url: URL; readonly apiKey: string | undefined; readonly zone: Zone })
    | undefined;
}

/** Hubs that publish the larger models of the demo's catalog, and the hosts that they redirect downloads to. */
export const hubOrigins = ['https://huggingface.co', 'https://*.hf.co'];

/** ^C in a terminal is answered soon, whatever is being answered. */
const drainTimeoutMs = 3_000;

/** What `npm start` serves: this machine only, the embedded upstream or a vLLM, the mirror and the demo. */
export function startConfig(options: StartConfigOptions): RelayConfig {
  const { port, mirrorFolder, appFolder, vllm } = options;
  const { upstreams, models } = serve(options);
  return {
    listen: { host: '127.0.0.1', port },
    hosts: [],
    access: { keys: [], cors: { origins: [] } },
    upstreams,
    models,
    limits: { ...defaultLimits, drainTimeoutMs },
    // A vLLM that somebody says is public may be used, by those who ask for it: the default stays.
    privacy: { ceiling: vllm?.zone === 'public' ? { label: 'public' } : defaultPrivacy, default: defaultPrivacy },
    mirror: { folder: mirrorFolder },
    app: appFolder === undefined ? undefined : { folder: appFolder, connect: hubOrigins },
    catalog: catalogWith(vllm?.name),
  };
}

/** A configuration of one's own: what it leaves out of the mirror and the demo is added. */
export function completeConfig(
  config: RelayConfig,
  options: Pick<StartConfigOptions, 'mirrorFolder' | 'appFolder'> & { readonly port: number | undefined },
): RelayConfig {
  const { port, mirrorFolder, appFolder } = options;
  return {
    ...config,
    listen: { ...config.listen, ...(port !== undefined && { port }) },
    mirror: config.mirror ?? { folder: mirrorFolder },
    app: config.app ?? (appFolder === undefined ? undefined : { folder: appFolder, connect: hubOrigins }),
  };
}

/** A vLLM that has the starter, too, takes its place; any other model stands beside it. */
function serve({ modelPath, vllm }: StartConfigOptions): {
  upstreams: readonly UpstreamConfig[];
  models: readonly ModelConfig[];
} {
  const upstreams: UpstreamConfig[] = [];
  const models: ModelConfig[] = [];
  const add = (upstream: UpstreamConfig, model: string, contextLength: number | undefined) => {
    upstreams.push(upstream);
    models.push({ name: model, upstreams: [{ upstream: upstream.name, model }], contextLength });
  };
  const base = { region: undefined, apiKey: undefined, embedded: undefined };
  if (vllm?.name !== starter.model) {
    const embedded = { modelPath, contextLength: starter.contextLength, threads: defaultThreads(), sequences };
    add(
      { ...base, name: 'embedded', kind: 'embedded', url: null, zone: 'on-premises', embedded },
      starter.model,
      starter.contextLength,
    );
  }
  if (vllm) {
    const { url, apiKey, zone, name, contextLength } = vllm;
    add({ ...base, name: 'vllm', kind: 'vllm', url, zone, apiKey }, name, contextLength);
  }
  return { upstreams, models };
}

/** The demo's own catalog, and the vLLM's model where it has another. */
function catalogWith(vllmModel: string | undefined): Catalog {
  if (vllmModel === undefined || Object.hasOwn(defaultCatalog.models, vllmModel)) return defaultCatalog;
  const models = {
    ...defaultCatalog.models,
    [vllmModel]: { title: vllmModel, device: [], relay: { model: vllmModel } },
  };
  return { models };
}
