import { expect, test } from 'vitest';
import { keysUsage, packUsage, usage, verifyUsage } from './commands/usage.ts';
import * as cli from './index.ts';

/** A promise to everybody who packs from a program: change it on purpose, with a note in the changelog. */
test('exports exactly these names', () => {
  expect(Object.keys(cli).sort()).toMatchInlineSnapshot(`
    [
      "ensurePackage",
      "packGguf",
    ]
  `);
});

/** A promise to everybody who calls the command. */
test('the commands and their options are these', () => {
  const words = [usage, packUsage, verifyUsage, keysUsage].map((text) => [
    ...new Set(text.match(/orilla [a-z]+( create| show)?|--[a-z0-9-]+/g)),
  ]);
  expect(words).toMatchInlineSnapshot(`
    [
      [
        "orilla pack",
        "--to",
        "orilla verify",
        "orilla keys create",
        "--out",
        "orilla keys show",
        "--help",
        "--version",
      ],
      [
        "orilla pack",
        "--to",
        "--id",
        "--license",
        "--context",
        "--engine",
        "--file",
        "--lib",
        "--sign",
        "orilla keys create",
        "--force",
        "--hub",
        "--webllm-config",
        "--s3-endpoint",
        "--json",
      ],
      [
        "orilla verify",
        "--id",
        "--key",
        "--s3-endpoint",
        "--json",
      ],
      [
        "orilla keys create",
        "--out",
        "orilla keys show",
        "--json",
      ],
    ]
  `);
});
