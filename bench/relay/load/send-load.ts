import { answerBytes, chatPath, chatRequest } from '../chat-exchange.ts';
import { Pool } from '../undici.ts';

/** So many chat requests to one server, over so many connections that are kept, one request at a time on each. */
export interface Load {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: number;
  readonly connections: number;
}

/** @throws Error at the first answer that isn't the one it should be: a figure of failures is no figure */
export async function sendLoad({
  origin,
  headers,
  requests,
  connections,
}: Load): Promise<{ readonly seconds: number }> {
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const request = {
    method: 'POST',
    path: chatPath,
    headers: { 'content-type': 'application/json', ...headers },
    body: chatRequest(),
  } as const;
  let left = requests;
  const connection = async () => {
    while (left-- > 0) await exchange(pool, request);
  };
  const start = performance.now();
  try {
    await Promise.all(Array.from({ length: connections }, connection));
    return { seconds: (performance.now() - start) / 1000 };
  } finally {
    left = 0;
    await pool.destroy();
  }
}

function exchange(pool: Pool, request: Parameters<Pool['dispatch']>[0]): Promise<void> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let bytes = 0;
    pool.dispatch(request, {
      onRequestStart: () => undefined,
      onResponseStart: (_, code) => {
        status = code;
      },
      onResponseData: (_, chunk) => {
        bytes += chunk.length;
      },
      onResponseEnd: () => {
        if (status === 200 && bytes === answerBytes) resolve();
        else reject(new Error(`The answer was not the upstream's: status ${status}, ${bytes} bytes.`));
      },
      onResponseError: (_, error) => reject(error),
    });
  });
}
