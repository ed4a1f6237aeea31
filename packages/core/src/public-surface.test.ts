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
      "device",
      "fetch",
      "close",
    ]
  `);
});
