import { expect, test } from 'vitest';
import * as relay from './index.ts';

/** A promise to everybody who runs a relay from a program: change it on purpose, with a note in the changelog. */
test('exports exactly these names', () => {
  expect(Object.keys(relay).sort()).toMatchInlineSnapshot(`
    [
      "createJsonLogger",
      "defaultLimits",
      "defaultThreads",
      "endingSignal",
      "formatProblem",
      "loadConfig",
      "startRelay",
    ]
  `);
});
