import type { DeviceFacts } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryRecords } from '../weights/backend/memory-backend.double.ts';
import { CrashLog } from './crash-log.ts';
import { type CrashNote, CrashNotes } from './crash-notes.ts';

// The rows are in memory here; the browser tests keep them in IndexedDB.

const key = 'this device';
const minute = 60_000;
const facts = {
  key,
  engines: { llamacpp: { features: [], backend: 'wasm' }, onnx: { features: [], backend: 'webgpu' } },
} as unknown as DeviceFacts; // what else a device has does not matter here

function makeNotes() {
  const clock = { ms: 1_000_000 };
  const rows = memoryRecords<CrashNote>();
  return { clock, rows, notes: new CrashNotes({ rows, now: () => clock.ms }) };
}

const crash = { engine: 'onnx', key, code: 'engine.device-lost' } as const;

test('one failure changes nothing, a second one sets the engine aside, for half an hour', async () => {
  const { notes, clock } = makeNotes();
  await notes.noteCrash(crash);
  expect((await notes.addTo(facts)).engines).toEqual(facts.engines);
  await notes.noteCrash({ ...crash, code: 'engine.crashed' });
  const { engines } = await notes.addTo(facts);
  expect(engines.onnx?.setAside).toEqual({ code: 'engine.crashed', untilMs: clock.ms + 30 * minute });
  expect(engines.onnx?.backend).toBe('webgpu');
  expect(engines.llamacpp).toEqual(facts.engines.llamacpp);
  clock.ms += 30 * minute;
  expect((await notes.addTo(facts)).engines).toEqual(facts.engines);
});

test('failures that are far apart do not add up', async () => {
  const { notes, clock } = makeNotes();
  for (let times = 0; times < 5; times += 1) {
    await notes.noteCrash(crash);
    clock.ms += 31 * minute;
  }
  expect((await notes.addTo(facts)).engines).toEqual(facts.engines);
});

test('an answer to its end takes the failure before it away', async () => {
  const { notes } = makeNotes();
  for (let times = 0; times < 5; times += 1) {
    await notes.noteCrash(crash);
    await notes.noteAnswer(crash);
  }
  expect((await notes.addTo(facts)).engines).toEqual(facts.engines);
});

test('what failed with another browser or driver is tried again', async () => {
  const { notes } = makeNotes();
  await notes.noteCrash(crash);
  await notes.noteCrash(crash);
  const other = { ...facts, key: 'after an update' };
  expect((await notes.addTo(other)).engines).toEqual(facts.engines);
  await notes.noteCrash({ ...crash, key: other.key });
  expect((await notes.addTo(other)).engines).toEqual(facts.engines);
});

test('an engine that this browser does not have is not told of', async () => {
  const { notes } = makeNotes();
  await notes.noteCrash({ ...crash, engine: 'webllm' });
  await notes.noteCrash({ ...crash, engine: 'webllm' });
  expect((await notes.addTo(facts)).engines).toEqual(facts.engines);
});

test('two workers that note at the same time both count', async () => {
  const { notes, rows } = makeNotes();
  await Promise.all([notes.noteCrash(crash), new CrashNotes({ rows, now: () => 1_000_000 }).noteCrash(crash)]);
  expect((await notes.addTo(facts)).engines.onnx?.setAside).toBeDefined();
});

test('the log touches the notes for an answer only where an engine had failed', async () => {
  const { notes } = makeNotes();
  let opened = 0;
  const openNotes = async () => {
    opened += 1;
    return notes;
  };
  const log = new CrashLog({ key: async () => key, openNotes });
  await log.noteAnswer('onnx', { isContinued: false });
  expect(opened).toBe(0);
  await log.noteCrash('onnx', 'engine.crashed');
  await log.noteAnswer('onnx', { isContinued: false });
  await log.noteCrash('onnx', 'engine.crashed');
  expect(opened).toBe(3);
  expect((await log.addTo(facts)).engines).toEqual(facts.engines);
  await log.noteCrash('onnx', 'engine.crashed');
  expect((await log.addTo(facts)).engines.onnx?.setAside?.code).toBe('engine.crashed');
});

test('the end of a continued answer takes a note away that another worker has made', async () => {
  const { notes } = makeNotes();
  await notes.noteCrash(crash);
  const log = new CrashLog({ key: async () => key, openNotes: async () => notes });
  await log.noteAnswer('onnx', { isContinued: true });
  await notes.noteCrash(crash);
  expect((await log.addTo(facts)).engines.onnx?.setAside).toBeUndefined();
});

test('without a place for notes everything goes on as without notes', async () => {
  const log = new CrashLog({ key: async () => key, openNotes: () => Promise.reject(new Error('no storage')) });
  await log.noteCrash('onnx', 'engine.crashed');
  await log.noteAnswer('onnx', { isContinued: false });
  expect(await log.addTo(facts)).toBe(facts);
});
