import type { RemoteFile } from './download.ts';

/** One public place that has the starter model. */
export interface ModelSource {
  /** What people are told: "Hugging Face". */
  name: string;
  /** Finds the file's address. Throws with the reason when this source cannot be used on this machine. */
  locate(options: { signal?: AbortSignal }): Promise<RemoteFile>;
  /**
   * For a source whose file is an archive: takes the model out of `archive` and returns where it is, under `folder`
   * (which exists and is removed afterwards).
   */
  unpack?(archive: string, folder: string, options: { signal?: AbortSignal }): Promise<string>;
}
