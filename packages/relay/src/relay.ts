import { randomUUID } from 'node:crypto';
import { OrillaError } from '@orilla/contract';
import { allowedHosts } from './access/host-guard.ts';
import { anonymousPrincipal, createAuthenticate } from './access/keys.ts';
import type { RelayConfig } from './config/relay-config.ts';
import type { Readiness } from './http/health-routes.ts';
import { closeListener, createListener, listen } from './http/listener.ts';
import { createRelayLog, type RelayLogger } from './http/relay-log.ts';
import { relayRoutes } from './http/relay-routes.ts';
import { createRouter } from './http/router.ts';
import { openMirror } from './mirror/open-mirror.ts';
import { type KeptUpstream, keepLaunched } from './upstreams/keep-launched.ts';
import type { Launchers, UpstreamLauncher } from './upstreams/launcher.ts';
import { serveModels } from './upstreams/permitted-upstreams.ts';
import { Upstream } from './upstreams/upstream.ts';

export interface RelayOptions {
  readonly logger: RelayLogger;
  /** Needed where the configuration has an `embedded` upstream. */
  readonly launchers?: Launchers;
  /** `now` in milliseconds on a clock that never goes back; `date` for receipts and model cards. */
  readonly clock?: { readonly now: () => number; readonly date: () => Date };
  /** Names requests: 128 random bits at least. */
  readonly newId?: () => string;
  /** Aborting it closes the relay, as `close` does. */
  readonly signal?: AbortSignal;
}

/** A relay that listens. */
export interface Relay {
  /** Where it listens; the port is the real one where the configuration said 0. */
  readonly address: { readonly host: string; readonly port: number };
  /** Resolves once all launched upstreams are up. @throws OrillaError `engine.load-failed`; AbortError if closed before */
  readonly ready: Promise<void>;
  /** Accepts nothing new, lets answers finish for `limits.drainTimeoutMs`, cuts off the rest, ends launched upstreams. */
  close(): Promise<void>;
}

/**
 * Starts the relay. It listens at once; `/readyz` tells when launched upstreams are up.
 * @throws OrillaError `relay.failed` where it can't listen, or has an embedded upstream and no launcher for it
 */
export async function startRelay(config: RelayConfig, options: RelayOptions): Promise<Relay> {
  const { logger, launchers = {}, clock = systemClock, newId = randomUUID, signal } = options;
  signal?.throwIfAborted();
  const { limits } = config;
  const log = createRelayLog(logger);
  const launch = findLauncher(config, launchers);
  const all = config.upstreams.map((upstream) => new Upstream(upstream, { limits, now: clock.now }));
  const models = serveModels(config.models, new Map(all.map((upstream) => [upstream.config.name, upstream])));

  let isDraining = false;
  let kept: readonly KeptUpstream[] = [];
  const readiness = (): Readiness => {
    if (isDraining) return 'draining';
    return kept.every((upstream) => upstream.isUp()) ? 'ready' : 'starting';
  };
  const createdSeconds = Math.floor(clock.date().getTime() / 1000);
  const mirror = config.mirror && (await openMirror(config.mirror, { log, now: clock.now }));
  const routes = relayRoutes(config, { models, limits, log, createdSeconds, readiness, mirror });
  const anonymous = anonymousPrincipal(config.privacy);
  const hosts = new Set<string>();
  const router = createRouter({
    routes,
    hosts,
    origins: new Set(config.access.cors.origins),
    authenticate: createAuthenticate(config, anonymous),
    anonymous,
    maxActive: limits.connections,
    isDraining: () => isDraining,
    log,
    newId,
    now: clock.now,
  });
  const server = createListener({ limits, log, handle: router.handle });
  const address = await listen(server, config.listen);
  for (const host of allowedHosts({ hosts: config.hosts, listen: address })) hosts.add(host);
  log('info', { event: 'listening', ...address });
  if (launch) {
    const launched = all.filter((upstream) => upstream.config.kind === 'embedded');
    kept = launched.map((upstream) => keepLaunched(upstream, { launch, log, now: clock.now }));
  }

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= drain();
    return closing;
  };
  async function drain(): Promise<void> {
    isDraining = true;
    log('info', { event: 'draining', active: router.active() });
    // Nobody will wait for an upstream that isn't up yet; one that is up may still be answering.
    const starting = kept.filter((upstream) => !upstream.isUp()).map((upstream) => upstream.stop());
    let cut = 0;
    const deadline = setTimeout(() => {
      cut = router.active();
      server.closeAllConnections();
    }, limits.drainTimeoutMs);
    await closeListener(server);
    clearTimeout(deadline);
    mirror?.close();
    await Promise.all([
      ...starting,
      ...kept.map((upstream) => upstream.stop()),
      ...all.map((upstream) => upstream.close()),
    ]);
    log('info', { event: 'closed', cut });
  }
  // It may have been aborted while the address was being had.
  if (signal?.aborted) void close();
  else signal?.addEventListener('abort', close, { once: true });
  const ready = Promise.all(kept.map((upstream) => upstream.ready)).then(() => undefined);
  ready.catch(() => isDraining); // whoever waits for it hears of it; it is in the log already
  return { address, ready, close };
}

const systemClock = { now: () => performance.now(), date: () => new Date() };

/** The launcher for the configured embedded upstreams, `undefined` where there are none. @throws OrillaError `relay.failed` */
function findLauncher(config: RelayConfig, { embedded }: Launchers): UpstreamLauncher | undefined {
  const upstream = config.upstreams.find(({ kind }) => kind === 'embedded');
  if (!upstream || embedded) return upstream && embedded;
  throw new OrillaError(
    'relay.failed',
    `This relay can't run the embedded upstream "${upstream.name}": it has no launcher.`,
    {
      advice: 'Give startRelay the launcher of @orilla/embedded, or point the upstream at a model server.',
    },
  );
}
