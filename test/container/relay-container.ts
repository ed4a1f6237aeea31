import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import type { Podman } from '../../tools/container/open-podman.ts';

const deploy = join(import.meta.dirname, '..', '..', 'deploy');

/** What the example configuration is changed in, to run here: nothing else. */
export interface ConfigChanges {
  readonly port: number;
  readonly upstreamUrl: string;
}

/** `deploy/relay.yaml` on loopback, with another upstream. */
export async function exampleConfig({ port, upstreamUrl }: ConfigChanges): Promise<string> {
  // The repository's own file; the fields that are changed are known to be there.
  const config = parse(await readFile(join(deploy, 'relay.yaml'), 'utf8')) as { upstreams: Record<string, unknown>[] };
  const [upstream] = config.upstreams;
  return stringify({
    ...config,
    listen: `127.0.0.1:${port}`,
    hosts: [],
    upstreams: [{ ...upstream, kind: 'openai', url: upstreamUrl }],
  });
}

/** A container of the relay that answers. */
export interface RelayContainer {
  readonly id: string;
  readonly url: string;
  readonly key: string;
  /** Runs a script in the container's own Node and gives what it printed. */
  evaluate(script: string): Promise<string>;
}

/** The way that `deploy/README.md` tells people to run it. */
const confined = [
  ...['--network', 'host', '--read-only', '--read-only-tmpfs=false', '--cap-drop', 'ALL'],
  ...['--security-opt', 'no-new-privileges', '--memory', '256m', '--pids-limit', '128'],
];

/** Starts the relay's image in front of an upstream, and resolves once it answers. `folder` gets what is mounted. */
export async function startRelayContainer(
  podman: Podman,
  image: string,
  { folder, upstreamUrl }: { folder: string; upstreamUrl: string },
): Promise<RelayContainer> {
  const key = 'sk-only-for-this-test-0123456789';
  const port = await freePort();
  const config = join(folder, `relay-${port}.yaml`);
  const keyFile = join(folder, `key-${port}`);
  await writeFile(config, await exampleConfig({ port, upstreamUrl }));
  await writeFile(keyFile, `${key}\n`);
  const url = `http://127.0.0.1:${port}`;
  const id = await podman.run([
    ...['run', '--detach', ...confined],
    ...['--volume', `${config}:/etc/orilla/relay.yaml:ro`, '--volume', `${keyFile}:/run/secrets/orilla-key:ro`],
    ...['--env', 'ORILLA_UPSTREAM_KEY=sk-upstream-only-for-this-test', '--env', `ORILLA_HEALTH_URL=${url}/healthz`],
    image,
  ]);
  await untilItAnswers(podman, id, `${url}/healthz`);
  return { id, url, key, evaluate: (script) => podman.run(['exec', id, 'node', '--eval', script]) };
}

async function untilItAnswers(podman: Podman, id: string, url: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
    if (response?.ok) return;
    const state = await podman.run(['inspect', '--format', '{{.State.Status}}', id]);
    if (state === 'exited') break;
    await delay(50);
  }
  const { stdout, stderr } = await podman.tryRun(['logs', id]);
  throw new Error(`The relay in the container did not answer.\n${stdout}${stderr}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server has an address of this form.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
