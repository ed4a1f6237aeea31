import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scratchFolder } from '../test/scratch-folder.ts';

/**
 * For tests: a program that is called as Python is and runs JavaScript, since a machine that tests need not have
 * Python. It knows the script that binds a program to its parent, and otherwise hands its arguments to Node.
 */
export async function scriptRunner(): Promise<{ path: string; program: string } & AsyncDisposable> {
  const scratch = await scratchFolder();
  const program = join(scratch.path, 'python');
  await writeFile(
    program,
    `#!/bin/sh
case "$1" in
  *die_with_parent.py) shift 2; exec "$@";;
  *) exec '${process.execPath}' "$@";;
esac
`,
  );
  await chmod(program, 0o755);
  return { ...scratch, program };
}
