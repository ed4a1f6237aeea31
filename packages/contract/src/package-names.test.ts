import { expect, test } from 'vitest';
import { isPackageId, isPackagePath, isRelativePath } from './package-names.ts';

test.each(['a', 'smollm2-135m-instruct-q4_1', 'A.b_c-9', 'a'.repeat(128), 'a..b'])('%j is a package id', (id) => {
  expect(isPackageId(id)).toBe(true);
});

test.each(['', '.', '..', '.a', '-a', 'a/b', 'a\\b', 'a b', 'ñ', 'a\n', 'a'.repeat(129)])('%j is none', (id) => {
  expect(isPackageId(id)).toBe(false);
});

test.each(['model.gguf', 'deep/a b+ñ.bin', 'a..b', 'deep/a.'])('%j is served', (path) => {
  expect([isRelativePath(path), isPackagePath(path)]).toEqual([true, true]);
});

test.each(['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/..', '../../../escaped.onnx', 'a/./b'])(
  '%j leads out of its folder, or is another path in disguise',
  (path) => {
    expect([isRelativePath(path), isPackagePath(path)]).toEqual([false, false]);
  },
);

test.each(['.hidden', 'deep/.hidden', 'a\\b', '..\\up', 'c:a', 'a\0', 'a\nb', 'a\u001b[2J', 'a\u007f'])(
  '%j stays inside, and is not served',
  (path) => {
    expect([isRelativePath(path), isPackagePath(path)]).toEqual([true, false]);
  },
);
