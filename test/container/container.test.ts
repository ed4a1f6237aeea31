import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBaseImage } from '../../tools/container/base-image.ts';
import { makeImageContext } from '../../tools/container/image-context.ts';
import { openPodman, type Podman } from '../../tools/container/open-podman.ts';
import { startHeldUpstream } from './held-upstream.double.ts';
import { type ModelServer, startModelServer } from './model-server.ts';
import { type RelayContainer, startRelayContainer } from './relay-container.ts';

// The relay as people deploy it: deploy/Containerfile, run as deploy/README.md says, before a real model server.

const image = 'localhost/orilla-test-relay';
const containerfile = join(import.meta.dirname, '..', '..', 'deploy', 'Containerfile');

let folder: string;
let podman: Podman;
let modelServer: ModelServer;
let relay: RelayContainer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-container-test-'));
  podman = await openPodman();
  const context = join(folder, 'context');
  await makeImageContext(context);
  const base = await makeBaseImage(podman);
  const build = ['build', '--pull=never', '--network=none', '--format', 'docker', '--timestamp', '0'];
  const args = ['--build-arg', `BASE=${base}`, '--build-arg', 'VERSION=0.0.0-test'];
  await podman.run([...build, ...args, '--tag', image, '--file', containerfile, context], { timeoutMs: 120_000 });
  const bytes = Number(await podman.run(['image', 'inspect', '--format', '{{.Size}}', image]));
  const baseBytes = Number(await podman.run(['image', 'inspect', '--format', '{{.Size}}', base]));
  console.log(`Image: ${megabytes(bytes)} MB, of which the relay is ${megabytes(bytes - baseBytes)} MB.`);
  modelServer = await startModelServer();
  relay = await startRelayContainer(podman, image, { folder, upstreamUrl: modelServer.url });
});

afterAll(async () => {
  await podman?.[Symbol.asyncDispose]();
  await modelServer?.[Symbol.asyncDispose]();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);

interface ChatOptions {
  key?: string | undefined;
  at?: RelayContainer;
}

function chat(body: object, options: ChatOptions = {}): Promise<Response> {
  const { at = relay } = options;
  const key = 'key' in options ? options.key : at.key;
  return fetch(`${at.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(key && { Authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ model: 'smollm2-135m', temperature: 0, max_tokens: 24, ...body }),
    signal: AbortSignal.timeout(50_000),
  });
}
const messages = [
  { role: 'system', content: 'You are a helpful assistant.' },
  { role: 'user', content: 'What is the capital of France?' },
];

describe('the image', () => {
  test('says what it is, who it runs as, how it stops and how its health is asked', async () => {
    const [config] = JSON.parse(await podman.run(['image', 'inspect', image])) as [{ Config: Record<string, unknown> }];
    expect(config.Config).toMatchObject({
      User: '10001:10001',
      StopSignal: 'SIGTERM',
      Entrypoint: ['node', '/app/node_modules/@orilla/relay/dist/main.js'],
      Cmd: ['serve', '--config', '/etc/orilla/relay.yaml'],
      Labels: { 'org.opencontainers.image.licenses': 'Apache-2.0', 'org.opencontainers.image.version': '0.0.0-test' },
    });
    expect(await podman.run(['image', 'inspect', '--format', '{{.HealthCheck.Test}}', image])).toContain('healthcheck');
  });

  test('holds no shell, no package manager, none of our tests, and no package that only gives types', async () => {
    const files = await filesOf(image);
    expect(files).toContain('app/node_modules/@orilla/relay/dist/main.js');
    expect(files.filter((path) => /(^|\/)(sh|bash|dash|busybox|apt|apk|npm|npx)$/.test(path))).toEqual([]);
    expect(files.filter((path) => /@orilla\/.*\.(test|double)\./.test(path))).toEqual([]);
    expect(files.filter((path) => path.startsWith('app/node_modules/openai'))).toEqual([]);
  });

  test('says what is wrong with a configuration, and does not start', async () => {
    const config = join(folder, 'wrong.yaml');
    await writeFile(config, 'listen: 0.0.0.0:8787\nupstream: []\n');
    const mount = ['--volume', `${config}:/etc/orilla/relay.yaml:ro`];
    const { code, stdout, stderr } = await podman.tryRun(['run', '--rm', '--network', 'host', ...mount, image]);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/relay\.yaml:2.*Did you mean upstreams\?/);
    expect(stdout + stderr).toContain('without keys');
  });

  test('makes keys', async () => {
    const printed = await podman.run(['run', '--rm', '--network', 'host', '--read-only', image, 'keys', 'create']);
    expect(printed).toMatch(/sha256.*[0-9a-f]{64}/);
  });
});

describe('the running relay', () => {
  test('is a user without any right, on a root filesystem that nobody can write to', async () => {
    const script = `
      const { readFileSync, writeFileSync } = require('node:fs');
      const status = readFileSync('/proc/1/status', 'utf8');
      const field = (name) => status.match(new RegExp('^' + name + ':\\\\s*(.*)$', 'm'))[1];
      const write = (path) => { try { writeFileSync(path, ''); return 'written'; } catch (error) { return error.code; } };
      console.log(JSON.stringify({
        uid: field('Uid'), gid: field('Gid'), capabilities: field('CapEff'), noNewPrivileges: field('NoNewPrivs'),
        root: write('/probe'), app: write('/app/probe'), tmp: write('/tmp/probe'),
      }));`;
    expect(JSON.parse(await relay.evaluate(script))).toEqual({
      uid: '10001\t10001\t10001\t10001',
      gid: '10001\t10001\t10001\t10001',
      capabilities: '0000000000000000',
      noNewPrivileges: '1',
      root: 'EROFS',
      app: 'EROFS',
      tmp: 'EROFS',
    });
  });

  test('is healthy, to its orchestrator and to its own health check', async () => {
    expect((await fetch(`${relay.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${relay.url}/readyz`)).status).toBe(200);
    expect((await podman.tryRun(['healthcheck', 'run', relay.id])).code).toBe(0);
    const elsewhere = ['exec', '--env', 'ORILLA_HEALTH_URL=http://127.0.0.1:9/healthz', relay.id];
    const { code, stderr } = await podman.tryRun([...elsewhere, 'node', '/app/healthcheck.js']);
    expect(code).toBe(1);
    expect(stderr).toContain('http://127.0.0.1:9/healthz');
  });

  test('answers nobody without the key', async () => {
    expect((await chat({ messages }, { key: undefined })).status).toBe(401);
    expect((await chat({ messages }, { key: 'sk-of-somebody-else-0123456789' })).status).toBe(401);
  });

  test('answers a chat through the model server', async () => {
    const response = await chat({ messages });
    expect(response.status).toBe(200);
    expect(response.headers.get('Orilla-Place')).toBe('relay');
    expect(response.headers.get('Orilla-Upstream-Zone')).toBe('on-premises');
    expect(JSON.stringify(await response.json())).toContain('Paris');
  });

  test('keeps within its memory, and logs neither prompt nor key', async () => {
    expect(await podman.run(['inspect', '--format', '{{.HostConfig.Memory}}', relay.id])).toBe(String(256 * 2 ** 20));
    const { stdout, stderr } = await podman.tryRun(['logs', relay.id]);
    expect(stdout).toContain('/v1/chat/completions');
    for (const secret of ['France', relay.key]) expect(stdout + stderr).not.toContain(secret);
  });
});

test('on SIGTERM it takes nothing new, finishes what it answers, and exits with 0', async () => {
  await using upstream = await startHeldUpstream();
  const drained = await startRelayContainer(podman, image, { folder, upstreamUrl: upstream.url });
  const response = await chat({ messages, stream: true }, { at: drained });
  const parts = response.body?.pipeThrough(new TextDecoderStream()).values();
  let text = (await parts?.next())?.value ?? '';
  await podman.run(['kill', '--signal', 'TERM', drained.id]);
  const ask = () => fetch(`${drained.url}/healthz`).then(String, () => 'refused');
  await expect.poll(ask, { timeout: 10_000 }).toBe('refused');
  upstream.finish();
  for await (const part of parts ?? []) text += part;
  expect(text).toContain('upon a time.');
  expect(text).toContain('data: [DONE]');
  expect(await podman.run(['wait', drained.id], { timeoutMs: 30_000 })).toBe('0');
});

/** Every path in an image, without a leading slash. */
async function filesOf(name: string): Promise<string[]> {
  const archive = join(folder, 'image.tar');
  const id = await podman.run(['create', '--network', 'host', name]);
  await podman.run(['export', '--output', archive, id]);
  await podman.run(['rm', id]);
  const { stdout } = await promisify(execFile)('tar', ['-tf', archive], { maxBuffer: 32 * 2 ** 20, timeout: 30_000 });
  return stdout.trim().split('\n');
}
