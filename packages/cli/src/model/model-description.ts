import type { EngineName, MemoryFigures, Requirements } from '@orilla/contract';

/** A file that goes into the package. */
export interface ModelFile {
  /** Its path in the source. */
  readonly from: string;
  /** Its path in the package. */
  readonly path: string;
  /** Where its tensors begin: chunks are counted from there anew. 0 where the format doesn't tell. */
  readonly tensorOffset: number;
}

/** What a model's own files say about it. */
export interface ModelDescription {
  readonly engine: EngineName;
  /** Where it is another than chats. */
  readonly task?: 'embedding';
  readonly files: readonly ModelFile[];
  /** Tokens that the model was trained for, or that its library was built for. */
  readonly maxContextLength: number;
  readonly memory: MemoryFigures;
  /** In the file's own words. */
  readonly license?: string;
  readonly tokenizerDigest?: string;
  readonly chatTemplateDigest?: string;
  readonly requires?: Requirements;
}

export interface DescribeOptions {
  /** Names or paths of the model files to take, where the source has several. */
  readonly choose?: readonly string[];
  readonly signal?: AbortSignal;
}
