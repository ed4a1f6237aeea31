import { execFile } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { openPieceSink, type PieceSink } from './piece-sink.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'orilla-sink-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const write = (sink: PieceSink, text: string) =>
  new Promise<Error | null>((resolve) => sink.write(text, (error) => resolve(error ?? null)));

test('a file gets all of it in order, behind what it held', async () => {
  const path = join(await folder(), 'log');
  const before = await open(path, 'w');
  await before.write('before\n');
  const sink = openPieceSink(before.fd);
  expect(await write(sink, 'é one\n')).toBeNull();
  expect(await write(sink, 'two\n')).toBeNull();
  sink.writeLast('last\n');
  sink.close();
  await before.close();
  expect(await readFile(path, 'utf8')).toBe('before\né one\ntwo\nlast\n');
});

test('a disk that takes nothing is an error to whoever wrote, and none at the end', async () => {
  const fd = openSync('/dev/full', 'w');
  onTestFinished(() => closeSync(fd));
  const sink = openPieceSink(fd);
  expect(await write(sink, 'one\n')).toMatchObject({ code: 'ENOSPC' });
  expect(() => sink.writeLast('last\n')).not.toThrow();
});

/** A pipe in the file system: both of its ends are this test's. */
async function openPipe() {
  const path = join(await folder(), 'pipe');
  await promisify(execFile)('mkfifo', [path]);
  // Opened for both first, since opening one end waits for the other.
  const reader = await open(path, 'r+');
  const fd = openSync(path, 'w');
  return { reader, sink: openPieceSink(fd) };
}

test('a pipe gets what its reader takes', async () => {
  const { reader, sink } = await openPipe();
  expect(await write(sink, 'one\n')).toBeNull();
  sink.writeLast('last\n');
  const { buffer, bytesRead } = await reader.read(Buffer.alloc(100), 0, 100);
  expect(buffer.toString('utf8', 0, bytesRead)).toBe('one\nlast\n');
  sink.close();
  await reader.close();
});

test('a full pipe holds nobody up: a piece waits, the last words are left unsaid, and closing gives up', async () => {
  const { reader, sink } = await openPipe();
  const pending = write(sink, 'x'.repeat(1_000_000));
  sink.writeLast('last\n');
  sink.close();
  expect(await pending).toBeInstanceOf(Error);
  await reader.close();
});

test('a pipe that nobody reads any more is an error to whoever wrote, each time', async () => {
  const { reader, sink } = await openPipe();
  await reader.close();
  expect(await write(sink, 'one\n')).toMatchObject({ code: 'EPIPE' });
  expect(await write(sink, 'two\n')).toBeInstanceOf(Error);
  expect(() => sink.writeLast('last\n')).not.toThrow();
});
