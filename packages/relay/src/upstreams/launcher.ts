import type { EmbeddedConfig } from '../config/relay-config.ts';

/** What a launcher tells about its upstream while it runs. Plain text, without prompts, answers or keys. */
export type LauncherLog = (level: 'info' | 'warn' | 'error', message: string) => void;

/** An upstream that the relay started. It speaks OpenAI's HTTP, under `/v1`, on a unix domain socket. */
export interface LaunchedUpstream {
  readonly socketPath: string;
  /** Resolves once it has ended, whoever ended it. */
  readonly exited: Promise<void>;
  /** Ends it and frees its socket. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts an upstream and resolves once it can answer. Aborting `signal` before that stops the start.
 * @throws OrillaError `engine.load-failed`; AbortError
 */
export type UpstreamLauncher = (
  config: EmbeddedConfig & { readonly name: string },
  options: { readonly signal: AbortSignal; readonly log: LauncherLog },
) => Promise<LaunchedUpstream>;

/** Launchers that the composition of the process gives to the relay, which depends on none itself. */
export interface Launchers {
  readonly embedded?: UpstreamLauncher;
}
