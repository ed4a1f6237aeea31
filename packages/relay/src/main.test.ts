import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

let folder: string;
let upstream: Server;
let goOn: () => void;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-relay-'));
  // An upstream that begins an answer and waits until the test lets it end.
  upstream = createServer((request, response) => {
    request.resume();
    const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
    const send = (delta: object, finish: string | null) =>
      response.write(`data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    send({ role: 'assistant', content: 'Hel' }, null);
    goOn = () => {
      send({ content: 'lo' }, 'stop');
      response.end('data: [DONE]\n\n');
    };
  });
  await once(upstream.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await rm(folder, { recursive: true, force: true });
});

const upstreamUrl = () => {
  const address = upstream.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
};

async function writeConfig(yaml: string): Promise<string> {
  const file = join(folder, 'relay.yaml');
  await writeFile(file, yaml);
  return file;
}

const good = (listen = '127.0.0.1:0') => `listen: ${listen}
upstreams:
  - { name: gpu, kind: vllm, url: "${upstreamUrl()}", zone: on-premises, models: [m] }
`;

const command = fileURLToPath(new URL('./main.ts', import.meta.url));

function start(...args: string[]): ChildProcess & { readonly output: () => { stdout: string; stderr: string } } {
  const child = spawn(process.execPath, ['--conditions=@orilla/source', command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text.stdout += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text.stderr += part;
  });
  return Object.assign(child, { output: () => text });
}

async function run(...args: string[]) {
  const child = start(...args);
  const [code] = await once(child, 'close');
  return { code, ...child.output() };
}

test('--help and no arguments tell what there is; --version tells the version', async () => {
  const help = await run('--help');
  expect([help.code, help.stderr]).toEqual([0, '']);
  for (const command of ['serve --config FILE', 'check FILE', 'keys create']) expect(help.stdout).toContain(command);
  expect((await run()).stdout).toBe(help.stdout);
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  [['sevre'], 'There is no command sevre.'],
  [['serve'], 'serve needs a configuration: --config FILE.'],
  [['check', 'a', 'b'], 'check takes one configuration.'],
  [['keys'], 'keys knows one thing to do: create.'],
  [['keys', 'delete'], 'keys knows one thing to do: create.'],
  [['serve', '--confg', 'x'], "Unknown option '--confg'"],
])('%j is not understood, and says so with what there is', async (args, message) => {
  const { code, stdout, stderr } = await run(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(stderr).toContain('orilla-relay serve --config FILE');
});

test('check is content with a good configuration, given either way', async () => {
  const file = await writeConfig(good());
  for (const args of [
    ['check', file],
    ['check', '--config', file],
  ]) {
    const { code, stdout } = await run(...args);
    expect(code).toBe(0);
    expect(stdout).toContain('upstreams: gpu');
  }
});

test('check tells all mistakes with their lines and ends with 1', async () => {
  const file = await writeConfig(
    'lisen: 127.0.0.1:8787\nupstreams:\n  - { name: gpu, kind: vllm, url: "http://127.0.0.1:1" }\n',
  );
  const { code, stdout, stderr } = await run('check', file);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`${file}:1:1  lisen: is not a setting. Did you mean listen?`);
  expect(stderr).toContain(`${file}:3:5  upstreams[0].zone: is missing.`);
  expect(stderr).toContain('There are 3 mistakes.');
});

test('keys create makes a key that its line lets in, another one each time', async () => {
  const { code, stdout } = await run('keys', 'create', '--name', 'laptop');
  expect(code).toBe(0);
  const key = /^ {2}(ork_[A-Za-z0-9_-]{43})$/m.exec(stdout)?.[1] ?? '';
  const line = /^ {2}(- \{ name: "laptop", sha256: [0-9a-f]{64} \})$/m.exec(stdout)?.[1] ?? '';
  expect(line).toContain(createHash('sha256').update(key).digest('hex'));
  const file = await writeConfig(`${good()}access:\n  keys:\n    ${line}\n`);
  expect((await run('check', file)).code).toBe(0);
  expect((await run('keys', 'create')).stdout).not.toContain(key);
});

test('serve with mistakes does not start', async () => {
  const file = await writeConfig(good('0.0.0.0:0'));
  const { code, stdout, stderr } = await run('serve', '--config', file);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('listen: without keys, everybody who reaches this address could use the models.');
});

test('serve says that an embedded upstream exists in the workspace only', async () => {
  await writeFile(join(folder, 'model.gguf'), 'GGUF');
  const file = await writeConfig(
    'upstreams:\n  - { name: here, kind: embedded, zone: on-premises, models: [m], embedded: { model: model.gguf } }\n',
  );
  const { code, stderr } = await run('serve', '--config', file);
  expect(code).toBe(1);
  expect(stderr).toContain('npm start -- --config FILE');
});

test('serve on a taken port says so and what to do', async () => {
  const file = await writeConfig(good(`127.0.0.1:${new URL(upstreamUrl()).port}`));
  const { code, stderr } = await run('serve', '--config', file);
  expect(code).toBe(1);
  expect(stderr).toMatch(/can't listen on 127\.0\.0\.1 port \d+ \(EADDRINUSE\)\. .*`listen`/);
});

test('serve on an address that others reach warns of what a browser lacks there', async () => {
  const key = (await run('keys', 'create')).stdout.split('\n').at(-2)?.trim();
  const file = await writeConfig(`${good('0.0.0.0:0')}hosts: [relay.example.org]\naccess:\n  keys:\n    ${key}\n`);
  const child = start('serve', '--config', file);
  await once(child.stdout ?? child, 'data');
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(child.output().stderr).toContain('has no WebGPU, service worker or WebCrypto');
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'on %s an answer in the middle is finished, nothing new is taken, and the exit code is 0',
  async (request) => {
    const child = start('serve', '--config', await writeConfig(good()));
    const [first] = await once(child.stdout ?? child, 'data');
    const port = /"port":(\d+)/.exec(String(first))?.[1];
    const base = `http://127.0.0.1:${port}`;
    const answer = await fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    });
    child.kill(request);
    while (!child.output().stdout.includes('"draining"')) await once(child.stdout ?? child, 'data');
    await expect(fetch(`${base}/healthz`)).rejects.toThrow();
    goOn();
    expect(await answer.text()).toMatch(/Hel[\s\S]*lo[\s\S]*\[DONE\]/);
    expect(await once(child, 'close')).toEqual([0, null]);
  },
);

test('a log that nobody takes is bounded: lines are dropped, and that is told once, and at the end how many', async () => {
  const child = start('serve', '--config', await writeConfig(good()));
  const [first] = await once(child.stdout ?? child, 'data');
  const port = Number(/"port":(\d+)/.exec(String(first))?.[1]);
  child.stdout?.pause();
  const socket = connect({ port, host: '127.0.0.1' }).resume();
  onTestFinished(() => void socket.destroy());
  // About 300 bytes of log each: twice what may wait, and what the system holds besides.
  socket.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.repeat(12_000));
  const told = /Nobody takes the log/g;
  await expect.poll(() => child.output().stderr, { timeout: 8_000 }).toMatch(told);
  child.stdout?.resume();
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(child.output().stderr.match(told)).toHaveLength(1);
  expect(child.output().stderr).toMatch(/\d+ lines of the log were dropped/);
});

test.each([
  ['standard output', ''],
  ['standard output and standard error, which are one pipe', '2>&1'],
])('a reader that stands still on %s does not hold up the end of the relay', async (_name, redirection) => {
  // A shell, since it can give one pipe two names.
  const args = ['--conditions=@orilla/source', command, 'serve', '--config', await writeConfig(good())];
  const child = spawn('sh', ['-c', `exec "$@" ${redirection}`, 'sh', process.execPath, ...args], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [first] = await once(child.stdout, 'data');
  const port = Number(/"port":(\d+)/.exec(String(first))?.[1]);
  child.stdout.pause();
  const socket = connect({ port, host: '127.0.0.1' }).setEncoding('latin1');
  onTestFinished(() => void socket.destroy());
  const requests = 12_000;
  socket.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.repeat(requests));
  let answers = 0;
  // A header of each answer may be cut in two by a packet; one in many.
  for await (const text of socket) {
    answers += String(text).split('nosniff').length - 1;
    if (answers > requests * 0.9) break;
  }
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  child.stdout.destroy();
});

test('a relay whose log has no reader any more goes on, says so once, and ends with 0', async () => {
  const child = start('serve', '--config', await writeConfig(good()));
  const [first] = await once(child.stdout ?? child, 'data');
  const port = Number(/"port":(\d+)/.exec(String(first))?.[1]);
  child.stdout?.destroy();
  const health = async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status;
  expect(await health()).toBe(200);
  const told = /The log can't be written to standard output \(EPIPE\)/g;
  await expect.poll(() => child.output().stderr, { timeout: 8_000 }).toMatch(told);
  expect(await health()).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(child.output().stderr.match(told)).toHaveLength(1);
});

test('a log that goes to a file is all there when the relay has ended', async () => {
  const file = join(folder, 'relay.log');
  const log = await open(file, 'w');
  const child = spawn(
    process.execPath,
    ['--conditions=@orilla/source', command, 'serve', '--config', await writeConfig(good())],
    { stdio: ['ignore', log.fd, 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const events = async () =>
    (await readFile(file, 'utf8')).split('\n').flatMap((line): string[] => (line ? [JSON.parse(line).event] : []));
  await expect.poll(events, { timeout: 8_000 }).toEqual(['listening']);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  await log.close();
  expect(await events()).toEqual(['listening', 'draining', 'closed']);
});

test('a second request to end does not wait for answers', async () => {
  const child = start('serve', '--config', await writeConfig(good()));
  const [first] = await once(child.stdout ?? child, 'data');
  const port = /"port":(\d+)/.exec(String(first))?.[1];
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
  });
  child.kill('SIGINT');
  while (!child.output().stdout.includes('"draining"')) await once(child.stdout ?? child, 'data');
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // sooner, it would be the same ^C twice
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([130, null]);
  await expect(answer.text()).rejects.toThrow();
  // The log is whole to its last line, also so.
  for (const line of child.output().stdout.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
});
