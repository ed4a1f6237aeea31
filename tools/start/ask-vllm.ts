import type { VllmArguments } from './start-arguments.ts';

/** A model that a vLLM serves. */
export interface VllmModel {
  readonly name: string;
  /** Tokens; `undefined` where it doesn't tell. */
  readonly contextLength: number | undefined;
}

export interface AskVllmOptions {
  readonly apiKey: string | undefined;
  readonly signal: AbortSignal;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
}

/** The model to use: the one that was named, with what vLLM tells about it, or the first one there is. @throws Error that says what to do; AbortError */
export async function askVllm({ url, model }: VllmArguments, options: AskVllmOptions): Promise<VllmModel> {
  const served = await listModels(url, options);
  const names = served.map(({ name }) => name).join(', ');
  const found = model === undefined ? served[0] : served.find(({ name }) => name === model);
  if (found) return found;
  throw new Error(
    served.length === 0
      ? `The server at ${url.origin} tells of no model. Wait until it has loaded one, and start again.`
      : `The server at ${url.origin} has no model ${model}. Name one of these with --vllm-model: ${names}.`,
  );
}

async function listModels(url: URL, options: AskVllmOptions): Promise<readonly VllmModel[]> {
  const { apiKey, signal, fetch = globalThis.fetch, timeoutMs = 5_000 } = options;
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`${url.href.replace(/\/$/, '')}/v1/models`, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    body = await response.json();
  } catch (cause) {
    signal.throwIfAborted();
    throw new Error(
      `No vLLM answers at ${url.origin}. Start it first (\`npm run vllm\` serves one here), or correct --vllm.`,
      { cause },
    );
  }
  if (response.status === 401 || response.status === 403)
    throw new Error(
      `The vLLM at ${url.origin} asks for a key. Put it into an environment variable and name that: --vllm-key-env NAME.`,
    );
  if (!response.ok)
    throw new Error(
      `The server at ${url.origin} answers with status ${response.status}, as no vLLM does. Correct --vllm.`,
    );
  return readModels(body);
}

function readModels(body: unknown): readonly VllmModel[] {
  if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data)) return [];
  return body.data.flatMap((card: unknown): readonly VllmModel[] => {
    if (typeof card !== 'object' || card === null || !('id' in card) || typeof card.id !== 'string') return [];
    const length = 'max_model_len' in card ? card.max_model_len : undefined;
    return [{ name: card.id, contextLength: typeof length === 'number' && length > 0 ? length : undefined }];
  });
}
