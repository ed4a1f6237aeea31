import { afterEach, expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { type ProcessGroup, startProcessGroup } from './process-group.ts';
import { untilReady } from './until-ready.ts';

const started: ProcessGroup[] = [];

afterEach(async () => {
  for (const group of started.splice(0)) await group.stop({ graceMs: 0 });
});

/** A server program that listens: `handler` is the JavaScript of its request listener. */
async function startServer(handler: string) {
  const port = await freePort();
  const script = `require('node:http').createServer((request, response) => { ${handler} })
    .listen(${port}, '127.0.0.1', () => console.log('loading the model'))`;
  let listening: () => void = () => undefined;
  const listens = new Promise<void>((resolve) => {
    listening = resolve;
  });
  const group = await startProcessGroup(process.execPath, ['-e', script], { onLine: () => listening() });
  started.push(group);
  await listens;
  return { group, url: `http://127.0.0.1:${port}/health` };
}

/** Waits for `group` itself to be gone, and fails the test by its time limit if it never is. */
async function expectGone(group: ProcessGroup): Promise<void> {
  await group.ended;
  expect(() => process.kill(group.pid, 0)).toThrow('ESRCH');
}

test('resolves when the server is healthy, and leaves it running', async () => {
  const { group, url } = await startServer('response.end()');
  await untilReady(group, url, { name: 'The server', timeoutMs: 20_000 });
  expect((await fetch(url)).status).toBe(200);
});

test('a server that answers 503 at first is waited for', async () => {
  const { group, url } = await startServer(
    'this.calls = (this.calls ?? 0) + 1; response.statusCode = this.calls < 3 ? 503 : 200; response.end()',
  );
  await untilReady(group, url, { name: 'The server', timeoutMs: 20_000 });
});

test('a server that dies is reported at once, with its last lines', async () => {
  const { group, url } = await startServer('console.error("no such model"); process.exit(7)');
  const begun = performance.now();
  await expect(untilReady(group, url, { name: 'The server', timeoutMs: 60_000 })).rejects.toThrow(
    'The server ended with exit code 7 before it was ready. Its last lines:\nloading the model\nno such model',
  );
  expect(performance.now() - begun).toBeLessThan(20_000);
});

test('a server that is not ready in time is stopped and reported', async () => {
  const { group, url } = await startServer('response.statusCode = 503; response.end()');
  await expect(untilReady(group, url, { name: 'The server', timeoutMs: 1500 })).rejects.toThrow(
    'The server was not ready after 1.5 s. Its last lines:\nloading the model',
  );
  await expectGone(group);
});

test('a server that takes the connection and never answers is not waited for beyond the time', async () => {
  const { group, url } = await startServer('');
  await expect(untilReady(group, url, { name: 'The server', timeoutMs: 1500 })).rejects.toThrow(
    'not ready after 1.5 s',
  );
  await expectGone(group);
});

test('an abort stops the server and is thrown as it is', async () => {
  const { group, url } = await startServer('response.statusCode = 503; response.end()');
  const controller = new AbortController();
  const ready = untilReady(group, url, { name: 'The server', timeoutMs: 20_000, signal: controller.signal });
  controller.abort();
  await expect(ready).rejects.toBe(controller.signal.reason);
  await expectGone(group);
});
