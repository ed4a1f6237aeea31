import { rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { createServedModel } from './api/served-model.ts';
import { createModelServer } from './http/server.ts';
import { openModel } from './llama/open-model.ts';
import { createProcessLog } from './process-log.ts';
import type { ProcessMessage, StartMessage } from './process-messages.ts';

// The embedded upstream's process. It is started by the launcher and lives as long as the channel to it: whatever ends
// the parent, also a kill, closes the channel and so ends this process.

const tell = (message: ProcessMessage) => {
  if (process.connected) process.send?.(message);
};

// ^C reaches the whole group; the parent finishes its answers first and then ends this process.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
if (!process.connected) process.exit(1);

process.once('message', ({ config, socketPath }: StartMessage) => {
  if (process.platform !== 'win32')
    process.once('exit', () => rmSync(dirname(socketPath), { recursive: true, force: true }));
  start(config, socketPath).catch((error: unknown) => {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.disconnect();
  });
});

async function start(config: StartMessage['config'], socketPath: string): Promise<void> {
  const log = createProcessLog(tell);
  const model = await openModel(config, { log: log.native });
  const server = createModelServer(createServedModel(model), {
    modelName: basename(config.modelPath, '.gguf'),
    onFailure: log.failure,
  });
  server.once('error', (error) => {
    tell({ type: 'failed', message: error.message });
    process.disconnect();
  });
  log.requestsBegin();
  server.listen(socketPath, () => tell({ type: 'ready' }));
}
