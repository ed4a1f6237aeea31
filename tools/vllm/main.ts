import { ensureStarterModel } from '../model/starter-model.ts';
import { ensureVllm, isVllmCached } from './install.ts';
import { relayExample, upstreamKeyVariable } from './relay-example.ts';
import { startVllm } from './serve.ts';
import { readVllmCommand, type VllmCommand } from './vllm-command.ts';

const maxModelLen = 4096;

/** The command's exit code. */
async function main(args: readonly string[]): Promise<number> {
  const command = readVllmCommand(args, process.env);
  if (command.check) {
    const isCached = isVllmCached();
    console.log(isCached ? 'vLLM is installed.' : 'vLLM is not installed. npm run vllm installs it.');
    return isCached ? 0 : 1;
  }
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => stopped.abort());
  }
  try {
    return await serve(command, stopped.signal);
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
    console.log('\nStopped.');
    return 0;
  }
}

async function serve(
  { port, apiKey, isNewKey }: Extract<VllmCommand, { check: false }>,
  signal: AbortSignal,
): Promise<number> {
  const log = console.log;
  const { path } = await ensureStarterModel({ signal, log });
  const vllm = await ensureVllm({ ggufPath: path, signal, log });
  const server = await startVllm({ vllm, port, apiKey, maxModelLen, signal, log });
  log(`\nvLLM serves ${server.url}/v1. In relay.yaml:\n\n${relayExample(server.url, maxModelLen)}`);
  if (isNewKey) log(`Before the relay starts: export ${upstreamKeyVariable}=${apiKey}`);
  log('^C ends it.');
  const stop = new Promise<'stop'>((resolve) => {
    if (signal.aborted) resolve('stop');
    signal.addEventListener('abort', () => resolve('stop'), { once: true });
  });
  const first = await Promise.race([stop, server.ended]);
  if (first !== 'stop') {
    console.error(`${first} It had not been asked to. Start it again with npm run vllm.`);
    return 1;
  }
  log('\nStopping vLLM.');
  await server.stop();
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
