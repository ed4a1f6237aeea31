import { startChild } from '../process/bench-child.ts';
import { freePort } from '../process/free-port.ts';
import { proxyingServer } from './nginx/server-block.ts';
import { startNginx } from './nginx/start-nginx.ts';
import type { Target } from './streams/stream-client.ts';

/** A server, in a process tree of its own, that hands requests on to an upstream. */
export interface Contender extends Target, AsyncDisposable {
  /** The root of its process tree. */
  readonly pid: number;
}

export interface StartContenderOptions {
  readonly signal?: AbortSignal | undefined;
}

/** `node:http` and undici's dispatch, with `JSON.parse` of the body between them, and nothing else. */
export async function startBareLoop(upstream: string, options: StartContenderOptions = {}): Promise<Contender> {
  const script = new URL('./bare-loop/main.ts', import.meta.url);
  const child = await startChild<{ readonly url: string }>(script, { args: [upstream], ...options });
  return {
    origin: child.ready.url,
    headers: {},
    pid: child.pid,
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

/** nginx's `proxy_pass`, with one worker. */
export async function startNginxProxy(
  path: string,
  upstream: string,
  options: StartContenderOptions = {},
): Promise<Contender> {
  const port = await freePort();
  const nginx = await startNginx(path, proxyingServer(port, upstream), options);
  return {
    origin: `http://127.0.0.1:${port}`,
    headers: {},
    pid: nginx.pid,
    [Symbol.asyncDispose]: () => nginx[Symbol.asyncDispose](),
  };
}
