import { statfs } from 'node:fs/promises';

/** @throws Error on a machine that the pinned wheels are not made for. */
export function requirePlatform({ platform, arch }: { platform: string; arch: string }): void {
  if (platform === 'linux' && arch === 'x64') return;
  throw new Error(
    `vLLM for the CPU is installed on Linux x86-64 only, and this machine is ${platform} ${arch}. Start a vLLM elsewhere ` +
      'and name it as an upstream in relay.yaml, or use the embedded upstream: npm start.',
  );
}

/** @throws Error when the disk that holds the existing `folder` has less than `needBytes` free. */
export async function requireDisk(
  folder: string,
  needBytes: number,
  { freeBytes = freeBytesOf }: { freeBytes?: (folder: string) => Promise<number> } = {},
): Promise<void> {
  const haveBytes = await freeBytes(folder);
  if (haveBytes >= needBytes) return;
  throw new Error(
    `Installing vLLM needs ${gigabytes(needBytes)} of free disk, and ${folder} has ${gigabytes(haveBytes)}. Free some ` +
      'and run the command again (it goes on where it stopped), or set ORILLA_CACHE to a folder on a larger disk.',
  );
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
