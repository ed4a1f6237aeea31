import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ensureStarterModel } from '../../tools/model/starter-model.ts';
import { ensureVllm } from '../../tools/vllm/install.ts';
import { startVllm } from '../../tools/vllm/serve.ts';
import { postJson, startTestRelay } from '../integration/relay/relay-under-test.ts';
import { vllmModel } from './vllm-under-test.ts';

/** Process ids below this one, at any depth. */
async function descendants(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => ''); // it ended meanwhile
    parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }
  const below = (parent: number): number[] =>
    [...parents].flatMap(([child, itsParent]) => (itsParent === parent ? [child, ...below(child)] : []));
  return below(pid);
}

async function findEngine(pid: number): Promise<number> {
  for (const child of await descendants(pid)) {
    const command = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => ''); // it ended meanwhile
    if (command.includes('EngineCore')) return child;
  }
  throw new Error('This vLLM has no engine process.');
}

test('a vLLM whose engine dies in mid-answer ends the stream with an error event, never with a clean end', async () => {
  const model = await ensureStarterModel();
  const vllm = await startVllm({ vllm: await ensureVllm({ ggufPath: model.path }) });
  try {
    const relay = await startTestRelay({
      upstreams: [{ name: 'gpu', kind: 'vllm', url: new URL(vllm.url), apiKey: vllm.apiKey }],
      models: [{ name: vllmModel, upstreams: [{ upstream: 'gpu', model: vllmModel }], contextLength: 4096 }],
    });
    const response = await postJson(`${relay.url}/v1/chat/completions`, {
      model: vllmModel,
      messages: [{ role: 'user', content: 'Tell me a very long story about a river and the sea.' }],
      max_tokens: 2000,
      stream: true,
    });
    let text = '';
    let killed = false;
    for await (const part of response.body ?? []) {
      text += Buffer.from(part).toString('utf8');
      if (killed || !text.includes('"content":"')) continue;
      killed = true;
      process.kill(await findEngine(vllm.pid), 'SIGKILL');
    }
    expect(killed).toBe(true);
    const events = text.split('\n\n').filter(Boolean);
    expect(JSON.parse(events.at(-1)?.slice('data: '.length) ?? '')).toMatchObject({
      error: { message: expect.any(String), type: 'server_error' },
    });
    expect(text).not.toContain('[DONE]');
    expect(text.match(/"error"/g)).toHaveLength(1);
  } finally {
    await vllm.stop();
  }
}, 300_000);
