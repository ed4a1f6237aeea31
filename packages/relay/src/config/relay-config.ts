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

/** Where a mirror's packages are, each in a folder of its own with `manifest.json` and `files/`; and what clients may take of it. */
export type MirrorConfig = ({ readonly folder: string } | { readonly s3: S3Config }) & {
  /** `defaultMirrorLimits` where nothing is said. */
  readonly limits?: MirrorLimitsConfig;
};

/** A bucket of any server that speaks S3. */
export interface S3Config {
  readonly bucket: string;
  /** What stands before a package's id in the names of its objects: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string;
  /** Of the server; `undefined` for AWS itself. */
  readonly endpoint: URL | undefined;
  /** Of the same server as clients reach it, where that is another address. */
  readonly publicEndpoint: URL | undefined;
  /** Whether the bucket stands in the path and not in the host name. */
  readonly pathStyle: boolean;
  /** `aws`: wherever the AWS SDK finds them, such as the role of the machine. */
  readonly credentials: S3Credentials | 'aws';
  /** How long an address that a client got is good for. */
  readonly urlSeconds: number;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

/** What the mirror's clients may take of it. A client is an IPv4 address, or the first 64 bits of an IPv6 address. */
export interface MirrorLimitsConfig {
  readonly requestsPerMinute: number;
  /** Files that the relay sends one client at the same time. */
  readonly transfersPerClient: number;
  /** Files that the relay sends at the same time. */
  readonly transfers: number;
  /** Addresses and networks of reverse proxies, whose `X-Forwarded-For` is believed. */
  readonly proxies: readonly string[];
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
  /** Model packages for devices. */
  readonly mirror: MirrorConfig | undefined;
  /** Built web app to serve at `/`, and the origins beside its own that its page may load from. */
  readonly app: { readonly folder: string; readonly connect: readonly string[] } | undefined;
  /** Models that apps may use. */
  readonly catalog: Catalog | undefined;
}
