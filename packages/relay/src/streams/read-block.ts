import { createParser } from 'eventsource-parser';
import type { EventBlock } from './split-events.ts';

/** What a block of an event stream says. */
export type BlockContent =
  /** The event's data. `isVerbatim`: the block is just `data: …` and a blank line. */
  | { readonly kind: 'data'; readonly data: string; readonly isVerbatim: boolean }
  /** A keep-alive: nothing but comments. */
  | { readonly kind: 'comment' }
  | { readonly kind: 'nothing' };

const dataPrefix = Buffer.from('data: ');
const emptyEventBytes = dataPrefix.length + 2;

/** Reads one block. The usual shape is cut out of the bytes; everything else goes through a full parser. */
export function readBlock({ bytes, isOneLine }: EventBlock): BlockContent {
  if (isOneLine && bytes.length > emptyEventBytes && bytes.compare(dataPrefix, 0, 6, 0, 6) === 0) {
    return { kind: 'data', data: bytes.toString('utf8', 6, bytes.length - 2), isVerbatim: true };
  }
  let data: string | undefined;
  let isComment = false;
  const parser = createParser({
    onEvent: (event) => {
      data = event.data;
    },
    onComment: () => {
      isComment = true;
    },
  });
  // The blank line stands here for streams that end without one. Unknown fields and bare words are ignored, as the specification says.
  parser.feed(`${bytes.toString('utf8')}\n\n`);
  if (data !== undefined && data !== '') return { kind: 'data', data, isVerbatim: false };
  return { kind: isComment ? 'comment' : 'nothing' };
}
