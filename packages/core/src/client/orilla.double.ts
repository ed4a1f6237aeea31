import type { ServerResponse } from 'node:http';
import type { Catalog } from '@orilla/contract';
import { onTestFinished } from 'vitest';
import { finish, token, type WorkerDouble, type WorkerScript, workerDouble } from '../device/worker.double.ts';
import { type HttpServerDouble, httpServerDouble } from '../relay/http-server.double.ts';
import { createOrilla, type Orilla } from './create-orilla.ts';
import type { OrillaOptions } from './orilla-options.ts';

// A client over doubles of its two places, for tests in Node: no engine and no relay run here (test/e2e and test/integration have both).

export const catalog: Catalog = {
  models: {
    tiny: {
      title: 'Tiny',
      device: [
        {
          id: 'tiny-q4',
          engine: 'llamacpp',
          bytes: 10,
          contextLength: 512,
          memory: { weights: 10, kvPerToken: 1, scratch: 1 },
          license: 'Apache-2.0',
          sources: [],
        },
      ],
      relay: { model: 'tiny-at-relay' },
    },
    big: { title: 'Big', device: [], relay: { model: 'big' } },
    lonely: { title: 'On the device only', device: [] },
  },
};

export const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];

/** A device that answers "Paris". */
export const speaks: WorkerScript = {
  generate: (answer) => {
    answer({ type: 'tokens', events: [token('Pa'), token('ris'), finish(2)] });
    answer({ type: 'done', result: null });
  },
};

export function sse(response: ServerResponse, ...events: object[]): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Orilla-Upstream-Zone': 'on-premises',
    'Orilla-Request-Id': 'request-at-relay',
  });
  for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
  response.end('data: [DONE]\n\n');
}

export const relayChunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'chatcmpl-relay',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'tiny-at-relay',
  choices: [{ index: 0, delta, finish_reason }],
});

export const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

type Listener = (request: unknown, response: ServerResponse) => void;

/** A relay that answers "from afar". */
export const relayAnswers: Listener = (_, response) =>
  sse(
    response,
    relayChunk({ role: 'assistant', content: '' }),
    relayChunk({ content: 'from ' }),
    relayChunk({ content: 'afar' }, 'stop'),
    { ...relayChunk({}), choices: [], usage },
  );

export interface OrillaDouble {
  readonly orilla: Orilla;
  readonly server: HttpServerDouble;
  readonly workers: readonly WorkerDouble[];
}

/** Ends with the test that asked for it. */
export async function orillaDouble(
  script: WorkerScript,
  listener: Listener = relayAnswers,
  { device, ...options }: Partial<OrillaOptions> = {},
): Promise<OrillaDouble> {
  const server = await httpServerDouble(listener);
  const workers: WorkerDouble[] = [];
  const startWorker = () => {
    const worker = workerDouble(script);
    workers.push(worker);
    return worker;
  };
  const orilla = createOrilla({
    catalog,
    relay: { baseURL: server.baseURL },
    device: device === false ? false : { startWorker, startTimeoutMs: 1000, ...device },
    locks: null,
    ...options,
  });
  onTestFinished(async () => {
    orilla.close();
    await server.close();
  });
  return { orilla, server, workers };
}
