import { expect, test } from 'vitest';
import * as core from './index.ts';

/** A promise to every app that imports this package: change it on purpose, with a note in the changelog. */
test('exports exactly these names', () => {
  expect(Object.keys(core).sort()).toMatchInlineSnapshot(`
    [
      "ChatStream",
      "OrillaError",
      "createOrilla",
      "decideRoute",
      "isAbortError",
      "isOrillaError",
      "memoryNeed",
      "plainQuestion",
    ]
  `);
});

test('a client has exactly these parts', () => {
  const orilla = core.createOrilla({ catalog: { models: {} }, device: false });
  expect(Object.keys(orilla)).toMatchInlineSnapshot(`
    [
      "chat",
      "embeddings",
      "models",
      "capabilities",
      "packages",
      "device",
      "fetch",
      "close",
    ]
  `);
});

test('the packages of a client have exactly these calls, with a device way and without', () => {
  const without = core.createOrilla({ catalog: { models: {} }, device: false });
  const startWorker = () => {
    throw new Error('A client starts nothing before the first call.');
  };
  const orilla = core.createOrilla({ catalog: { models: {} }, device: { startWorker } });
  expect(Object.keys(orilla.packages).sort()).toEqual(Object.keys(without.packages).sort());
  expect(Object.keys(orilla.packages)).toMatchInlineSnapshot(`
    [
      "list",
      "subscribe",
      "download",
      "pause",
      "resume",
      "remove",
      "pin",
      "verify",
      "export",
      "import",
      "isKept",
    ]
  `);
});
