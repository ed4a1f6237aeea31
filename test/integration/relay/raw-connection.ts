import { connect } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP connection that sends exactly the bytes a test wants. */
export interface RawConnection {
  readonly send: (bytes: string | Buffer) => void;
  /** Everything received until the relay closes the connection. */
  readonly untilClosed: () => Promise<string>;
  /** Everything received once it holds `words`. @throws Error where the connection closes before */
  readonly until: (words: string) => Promise<string>;
  /** Breaks it off without a word. */
  readonly vanish: () => void;
  /** Stops and resumes taking bytes. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly received: () => number;
  /** Takes so many bytes more, or a little over, and stops. */
  readonly take: (bytes: number) => void;
}

export async function openRaw(port: number): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => {
    socket.destroy();
  });
  let text = '';
  let bytes = 0;
  let enough = Number.POSITIVE_INFINITY;
  const listeners = new Set<() => void>();
  socket.on('data', (data) => {
    bytes += data.length;
    text += data.toString('utf8');
    for (const listener of listeners) listener();
    if (bytes >= enough) socket.pause();
  });
  // A reset is one of the ways in which a relay may end a connection; tests look at what came before.
  socket.on('error', () => socket.destroy());
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await new Promise((resolve) => socket.once('connect', resolve));
  return {
    send: (data) => socket.write(data),
    untilClosed: () => closed.then(() => text),
    until: (words) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!text.includes(words)) return;
          listeners.delete(look);
          resolve(text);
        };
        listeners.add(look);
        look();
        closed.then(() =>
          reject(new Error(`The connection closed before "${words}" came. It had: ${text.slice(0, 500)}`)),
        );
      }),
    vanish: () => socket.resetAndDestroy(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    received: () => bytes,
    take: (more) => {
      enough = bytes + more;
      socket.resume();
    },
  };
}

/** A POST of JSON, byte for byte. */
export function rawPost(port: number, path: string, body: string, headers: readonly string[] = []): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
