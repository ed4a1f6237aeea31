import { readGgufHeader } from '../../text/gguf-header.ts';
import { badPackage } from '../package/read-package.ts';

/** What the model is for: to write answers, or to make embeddings. llama.cpp has to know before it opens it. */
export type ModelTask =
  | { readonly task: 'answers' }
  /** With the tokens that a text may have, where it says how many. */
  | { readonly task: 'embeddings'; readonly pooling: Pooling; readonly contextLength: number | null };

/** What of a text's token vectors becomes the text's. */
export type Pooling = 'mean' | 'cls' | 'last';

/** llama.cpp's numbers for them. */
const poolings: Readonly<Record<number, Pooling>> = { 1: 'mean', 2: 'cls', 3: 'last' };
/** Also the one of models that say nothing. */
const noPooling = 0;

/** Families that write nothing; by its ending, since makers name their own after them. */
const encoder = /bert(-.*)?$|^gemma-embedding$|^t5encoder$/;

/**
 * Reads from its file what a model is for: what pools its tokens' vectors, or could write nothing, makes embeddings; with the mean where
 * it says no other way, as in the other engine.
 * @throws OrillaError `engine.load-failed` where it is no GGUF, or pools in a way that is not known here
 */
export async function modelTask(file: Blob): Promise<ModelTask> {
  const header = await readGgufHeader(async (bytes) => file.slice(0, bytes), { withLists: false });
  const architecture = String(header.get('general.architecture'));
  const asked = header.get(`${architecture}.pooling_type`) ?? noPooling;
  if (asked === noPooling && !encoder.test(architecture)) return { task: 'answers' };
  const pooling = asked === noPooling ? 'mean' : poolings[Number(asked)];
  if (!pooling) throw badPackage(`its kind of pooling, number ${Number(asked)}, is not known here`);
  const positions = header.get(`${architecture}.context_length`);
  return { task: 'embeddings', pooling, contextLength: typeof positions === 'number' ? positions : null };
}
