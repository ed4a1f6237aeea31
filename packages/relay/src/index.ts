export type { Principal } from './access/principal.ts';
export type { EndingOptions } from './commands/ending-signal.ts';
export { endingSignal } from './commands/ending-signal.ts';
export { defaultLimits } from './config/default-limits.ts';
export type { LoadConfigOptions, LoadedConfig } from './config/load-config.ts';
export { loadConfig } from './config/load-config.ts';
export type { ConfigPath, ConfigProblem } from './config/problem.ts';
export { formatProblem } from './config/problem.ts';
export type {
  EmbeddedConfig,
  KeyConfig,
  LimitsConfig,
  MirrorConfig,
  MirrorLimitsConfig,
  ModelConfig,
  RelayConfig,
  S3Config,
  S3Credentials,
  UpstreamConfig,
  UpstreamKindName,
} from './config/relay-config.ts';
export { defaultThreads } from './config/resolve-config.ts';
export type { JsonLoggerOptions } from './http/json-logger.ts';
export { createJsonLogger } from './http/json-logger.ts';
export type { LogLevel, RelayEvent, RelayLogger } from './http/relay-log.ts';
export type { Relay, RelayOptions } from './relay.ts';
export { startRelay } from './relay.ts';
export type { LaunchedUpstream, LauncherLog, Launchers, UpstreamLauncher } from './upstreams/launcher.ts';
