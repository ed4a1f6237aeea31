import type { Tensor } from 'onnxruntime-web';
import { badPackage } from '../../package/read-package.ts';
import type { OrtSession } from '../open-session.ts';
import type { TokenVectors } from './pooling.ts';

/** What exporters call the vectors of all tokens, usual names first. */
const outputNames = ['last_hidden_state', 'token_embeddings', 'hidden_states'];

/** A BERT-like model as exporters write it: tokens and a mask in, a vector for each token out. */
export class EncoderModel {
  readonly session: OrtSession;
  readonly #output: string;

  /** @throws OrillaError `engine.load-failed` where the graph is none of this kind */
  constructor(session: OrtSession) {
    this.session = session;
    const known = ['input_ids', 'attention_mask', 'token_type_ids'];
    const names = session.inputs.map(({ name }) => name);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) throw badPackage(`its graph asks for ${unknown}, which is not known here`);
    // Without a mask padding would change the vectors.
    for (const name of ['input_ids', 'attention_mask'])
      if (!names.includes(name)) throw badPackage(`its graph takes no ${name}`);
    const output = outputNames.find((name) => session.outputNames.includes(name));
    if (output === undefined) throw badPackage('its graph gives no vectors of tokens');
    this.#output = output;
  }

  /**
   * Computes one batch, each text of at least one token; padded to the longest.
   * @throws as `OrtSession.run`
   */
  async run(texts: readonly (readonly number[])[]): Promise<TokenVectors> {
    const { ort } = this.session;
    const width = texts.reduce((most, { length }) => Math.max(most, length), 0);
    const ids = new BigInt64Array(texts.length * width);
    const mask = new BigInt64Array(ids.length);
    for (const [row, tokens] of texts.entries()) {
      ids.set(BigInt64Array.from(tokens, BigInt), row * width);
      mask.fill(1n, row * width, row * width + tokens.length);
    }
    const filled: Readonly<Record<string, BigInt64Array>> = { input_ids: ids, attention_mask: mask };
    const feeds: Record<string, Tensor> = {};
    // Where it takes types of tokens, those of a single text are all 0.
    for (const { name } of this.session.inputs)
      feeds[name] = new ort.Tensor('int64', filled[name] ?? new BigInt64Array(ids.length), [texts.length, width]);
    const outputs = await this.session.run(feeds);
    const vectors = outputs[this.#output];
    const [rows, columns, dimensions] = vectors?.dims ?? [];
    const values = vectors?.data;
    if (rows !== texts.length || columns !== width || !dimensions || !(values instanceof Float32Array))
      throw badPackage('its graph gives vectors of another form than those of tokens');
    return { values, width, dimensions };
  }
}
