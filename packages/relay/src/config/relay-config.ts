import type { Catalog, Privacy, Zone } from '@orilla/contract';

/** Kinds of model server the relay knows; `openai` is any that speaks OpenAI's API. */
export type UpstreamKindName = 'vllm' | 'embedded' | 'openai';

/** A model server. Secrets are already read from their files or environment variables. */
export interface UpstreamConfig {
  readonly name: string;
  readonly kind: UpstreamKindName;
  /** Base address without `/v1`, e.g. `http://127.0.0.1:8000`; `null` for `embedded`, whose launcher says where it listens. */
  readonly url: URL | null;
  readonly zone: Zone;
  readonly region: string | undefined;
  readonly apiKey: string | undefined;
  /** `embedded` only. */
  readonly embedded: EmbeddedConfig | undefined;
}

/** How the embedded upstream runs: the model file and bounds on what it takes from the machine. */
export interface EmbeddedConfig {
  readonly modelPath: string;
  readonly contextLength: number;
  readonly threads: number;
  readonly sequences: number;
}

/** A model as clients name it, the upstreams that serve it (first that the label allows wins), and its name there. */
export interface ModelConfig {
  readonly name: string;
  readonly upstreams: readonly { readonly upstream: string; readonly model: string }[];
  readonly contextLength: number | undefined;
}

/** A client's key, known by its SHA-256 only, so that no key stands in memory. */
export interface KeyConfig {
  readonly name: string;
  readonly sha256: Buffer;
  /** The furthest this key's requests may travel, and what its unlabelled requests get. */
  readonly ceiling: Privacy;
  readonly default: Privacy;
}

export interface LimitsConfig {
  readonly bodyBytes: number;
  readonly jsonDepth: number;
  readonly headerTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly connections: number;
  /** Time for an upstream's response headers. */
  readonly upstreamHeadersTimeoutMs: number;
  /** Longest silence inside an upstream's answer. */
  readonly upstreamIdleTimeoutMs: number;
  readonly drainTimeoutMs: number;
}

/** A validated configuration: every default filled in, every secret read, every reference between parts checked. */
export interface RelayConfig {
  readonly listen: { readonly host: string; readonly port: number };
  /** Hosts (with port) that a request's `Host` may name; loopback names are always added when listening on loopback. */
  readonly hosts: readonly string[];
  readonly access: { readonly keys: readonly KeyConfig[]; readonly cors: { readonly origins: readonly string[] } };
  readonly upstreams: readonly UpstreamConfig[];
  readonly models: readonly ModelConfig[];
  readonly limits: LimitsConfig;
  readonly privacy: { readonly ceiling: Privacy; readonly default: Privacy };
  /** Folder with one folder a model package: `manifest.json` and the files it names. */
  readonly mirror: { readonly folder: string } | undefined;
  /** Built web app to serve at `/`, and the origins beside its own that its page may load from. */
  readonly app: { readonly folder: string; readonly connect: readonly string[] } | undefined;
  /** Models that apps may use. */
  readonly catalog: Catalog | undefined;
}
