import { OrillaError } from '@orilla/contract';

/** `why` goes on after "in it" or says what it is: "the file model.gguf is missing". */
export function badArchive(why: string, cause?: unknown): OrillaError {
  return new OrillaError('storage.bad-archive', `The archive can't be imported: ${why}.`, {
    advice: "Export the package again, or make a tar archive of the package's folder on a mirror.",
    cause,
  });
}
