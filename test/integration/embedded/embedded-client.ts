import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { embeddedLauncher } from '@orilla/embedded';
import type { EmbeddedConfig, LaunchedUpstream } from '@orilla/relay';
import { ensureStarterModel } from '../../../tools/model/starter-model.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** An embedded upstream with the real starter model, and a way to ask it. */
export interface Embedded {
  readonly upstream: LaunchedUpstream;
  readonly logged: readonly string[];
  get(path: string): Promise<Reply>;
  post(path: string, body: unknown): Promise<Reply>;
  /** The `data:` values of a stream, parsed, without `[DONE]`. */
  stream(path: string, body: object): Promise<StreamReply>;
  /** Sends a request and gives the socket's two ends back, to do with them what a client does. */
  open(path: string, body: unknown): { readonly sent: ClientRequest; readonly response: Promise<IncomingMessage> };
}

export interface StreamReply {
  readonly status: number;
  readonly events: readonly StreamEvent[];
  readonly isDone: boolean;
}

/** As much of a chunk as the tests look at. */
export interface StreamEvent {
  readonly id?: string;
  readonly object?: string;
  readonly model?: string;
  readonly choices?: readonly {
    readonly index: number;
    readonly text?: string;
    readonly delta?: { readonly role?: string; readonly content?: string };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
  };
  readonly error?: { readonly code: string };
}

export const defaults: Omit<EmbeddedConfig, 'modelPath'> = { contextLength: 8_192, threads: 1, sequences: 4 };

export async function startEmbedded(config: Partial<EmbeddedConfig> = {}): Promise<Embedded> {
  const modelPath = config.modelPath ?? (await ensureStarterModel()).path;
  const logged: string[] = [];
  const upstream = await embeddedLauncher(
    { name: 'embedded', ...defaults, ...config, modelPath },
    { signal: new AbortController().signal, log: (level, message) => logged.push(`${level} ${message}`) },
  );
  const open = (method: string, path: string, body?: unknown) => {
    const sent = request({ socketPath: upstream.socketPath, method, path });
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).once('error', reject);
    });
    sent.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    return { sent, response };
  };
  const read = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const response = await open(method, path, body).response;
    response.setEncoding('utf8');
    let text = '';
    for await (const part of response) text += part;
    return { status: response.statusCode ?? 0, headers: response.headers, text };
  };
  return {
    upstream,
    logged,
    get: (path) => read('GET', path),
    post: (path, body) => read('POST', path, body),
    open: (path, body) => open('POST', path, body),
    async stream(path, body) {
      const { status, text } = await read('POST', path, { ...body, stream: true });
      const data = text.split('\n\n').flatMap((event) => (event.startsWith('data: ') ? [event.slice(6)] : []));
      const events = data.filter((value) => value !== '[DONE]').map((value): StreamEvent => JSON.parse(value));
      return { status, events, isDone: data.at(-1) === '[DONE]' };
    },
  };
}

/** Messages whose greedy answer is the same natively and in WebAssembly: nearly tied first words are avoided. */
export const capitalOfFrance = [
  { role: 'system', content: 'You are a helpful assistant.' },
  { role: 'user', content: 'What is the capital of France?' },
];
