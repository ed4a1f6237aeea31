export type { Principal } from './access/principal.ts';
export type {
  EmbeddedConfig,
  KeyConfig,
  LimitsConfig,
  ModelConfig,
  RelayConfig,
  UpstreamConfig,
  UpstreamKindName,
} from './config/relay-config.ts';
export type { Relay, RelayOptions } from './relay.ts';
export { startRelay } from './relay.ts';
export type { LaunchedUpstream, LauncherLog, Launchers, UpstreamLauncher } from './upstreams/launcher.ts';
