import { isOrillaError, type ModelManifest, parseManifest } from '@orilla/contract';
import { readText } from '../files/read-small-file.ts';
import type { MirrorReader, StepOptions } from '../target/mirror-reader.ts';
import { manifestPath } from '../target/package-paths.ts';
import type { Report } from './verify-package.ts';

/** As the relay's mirror takes them: a hundred thousand chunks take 12 MB. */
const maxBytes = 16 * 1024 * 1024;

/** A package's manifest, parsed, and the JSON that it was parsed from; `null`, and why is reported, where there is none. */
export async function readManifest(
  mirror: MirrorReader,
  id: string,
  report: Report,
  { signal }: StepOptions,
): Promise<{ readonly manifest: ModelManifest; readonly json: unknown } | null> {
  const path = manifestPath(id);
  try {
    const stream = await mirror.readFile(path, signal ? { signal } : {});
    if (!stream) {
      report('no-manifest', path, `${id} has no manifest: it was never finished, or is no package.`);
      return null;
    }
    const text = await readText({ name: mirror.name, read: () => stream }, path, { maxBytes, signal });
    const json: unknown = JSON.parse(text);
    return { manifest: parseManifest(json), json };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof SyntaxError) report('bad-manifest', path, `${path} is not valid JSON.`);
    else if (isOrillaError(error)) report('bad-manifest', path, error.message);
    else report('unreadable', path, error instanceof Error ? error.message : String(error));
    return null;
  }
}
