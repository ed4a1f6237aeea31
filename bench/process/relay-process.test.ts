import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { scratchFolder } from '../../tools/test/scratch-folder.ts';
import { startRelayProcess } from './relay-process.ts';

// Processes take long to start where the machine has other work.
vi.setConfig({ testTimeout: 60_000 });

async function withApp(): Promise<{ yaml: string } & AsyncDisposable> {
  const folder = await scratchFolder();
  const app = join(folder.path, 'app');
  await mkdir(app);
  await writeFile(join(app, 'index.html'), '<!doctype html><title>Bench</title>');
  return { yaml: `app:\n  folder: ${app}\n`, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

test('serves a configuration, and is gone when its scope ends', async () => {
  await using app = await withApp();
  let origin = '';
  {
    await using relay = await startRelayProcess(app.yaml);
    origin = relay.origin;
    expect(await (await fetch(`${origin}/`)).text()).toContain('<title>Bench</title>');
    expect(process.kill(relay.pid, 0)).toBe(true);
  }
  await expect(fetch(origin)).rejects.toThrow();
});

test('a configuration that the relay refuses is an error at once', async () => {
  await expect(startRelayProcess('nonsense: true\n')).rejects.toThrow(/orilla-relay ended with exit code [1-9]/);
});

test('a relay that is not ready in time is given up', async () => {
  await using app = await withApp();
  await expect(startRelayProcess(app.yaml, { startTimeoutMs: 1 })).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('an abort throws the signal’s reason', async () => {
  await using app = await withApp();
  const stop = new AbortController();
  const starting = startRelayProcess(app.yaml, { signal: stop.signal });
  stop.abort();
  await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
});
