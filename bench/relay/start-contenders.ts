import { type Contender, type StartContenderOptions, startBareLoop, startNginxProxy } from './contender.ts';
import type { FoundNginx } from './nginx/find-nginx.ts';
import { startRelayContender } from './relay-contender.ts';

/** The names that figures are told under. */
export const peerNames = { nginx: 'nginx proxy_pass', bareLoop: 'bare node:http + undici' } as const;

/** The relay and its peers before one upstream. */
export interface Contenders extends AsyncDisposable {
  readonly relay: Contender;
  readonly bareLoop: Contender;
  readonly nginx: Contender | { readonly notRun: string };
}

export async function startContenders(
  upstream: string,
  nginx: FoundNginx,
  options: StartContenderOptions = {},
): Promise<Contenders> {
  await using open = new AsyncDisposableStack();
  const relay = open.use(await startRelayContender(upstream, options));
  const bareLoop = open.use(await startBareLoop(upstream, options));
  const proxy = 'path' in nginx ? open.use(await startNginxProxy(nginx.path, upstream, options)) : nginx;
  const kept = open.move();
  return { relay, bareLoop, nginx: proxy, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Those that run, by name, in the order of measuring: what ours is divided by is measured right after it. */
export function runningContenders({ relay, bareLoop, nginx }: Contenders): Readonly<Record<string, Contender>> {
  return { relay, ...('pid' in nginx && { [peerNames.nginx]: nginx }), [peerNames.bareLoop]: bareLoop };
}
