import type { ProcessMessage } from './process-messages.ts';

type LogMessage = Extract<ProcessMessage, { type: 'log' }>;

export interface ProcessLog {
  /** A complaint of the native code. */
  native(level: LogMessage['level'], text: string): void;
  /** An answer that failed by a mistake of this program or its libraries. */
  failure(error: unknown): void;
  /** From now on requests are answered, and what the native code says may quote them. */
  requestsBegin(): void;
}

/**
 * What the process tells about itself. The native code quotes grammars, and so schemas, and errors may quote whatever
 * was being worked on: once requests are answered, nothing of either is told but that it happened, and where.
 */
export function createProcessLog(tell: (message: LogMessage) => void): ProcessLog {
  let mayQuote = false;
  const told = new Set<LogMessage['level']>();
  return {
    native(level, text) {
      if (!mayQuote) tell({ type: 'log', level, message: text.trimEnd() });
      else if (!told.has(level)) {
        told.add(level);
        tell({ type: 'log', level, message: nativeNotice });
      }
    },
    failure: (error) => tell({ type: 'log', level: 'error', message: `an answer failed: ${placeOf(error)}` }),
    requestsBegin() {
      mayQuote = true;
    },
  };
}

const nativeNotice =
  'the native code complained about a request; its words may quote the request and are not kept, nor are later ones';

/** Stack frames that are told; the innermost ones find the mistake. */
const maxFrames = 5;

/** An error's name and stack frames. The message stands before the frames and is left out, whatever lines it has. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const name = /^\w{1,60}$/.test(error.name) ? error.name : 'Error';
  const stack = error.stack ?? '';
  const end = stack.indexOf(error.message) + error.message.length;
  if (end < error.message.length) return name; // the message was changed since, so nobody knows where it ends
  const frames = stack
    .slice(end)
    .split('\n')
    .filter((line) => /^ {4}at /.test(line));
  return [name, ...frames.slice(0, maxFrames).map((frame) => frame.trim())].join(' | ');
}
