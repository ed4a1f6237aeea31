import { join, relative, resolve } from 'node:path';
import { makeImageContext } from './image-context.ts';

// npx node tools/container/main.ts [FOLDER]: makes the folder that deploy/Containerfile is built from.

const deploy = join(import.meta.dirname, '..', '..', 'deploy');
const folder = resolve(process.argv[2] ?? join(deploy, 'dist'));
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
// The relay runs as another user than the one who builds, and must be able to read what it is made of.
process.umask(0o022);
try {
  await makeImageContext(folder, { signal: stop.signal });
  const file = relative(process.cwd(), join(deploy, 'Containerfile'));
  console.log(
    `Ready. Build the image with:\n  podman build --format docker -t orilla-relay -f ${file} ${relative(process.cwd(), folder)}`,
  );
} catch (error) {
  console.error(stop.signal.aborted ? 'Stopped.' : error instanceof Error ? error.message : error);
  process.exitCode = stop.signal.aborted ? 130 : 1;
}
