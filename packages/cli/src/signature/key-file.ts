import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';

/** Makes an Ed25519 key and writes it for its owner only (mode 0600), as PKCS#8 PEM. @throws Error where a file is there already */
export async function createKeyFile(path: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  try {
    await writeFile(path, pem, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what the file system rejects with
    if (code === 'EEXIST')
      throw new Error(`${path} is there already, and a key that is written over is lost. Give another --out.`);
    if (code === 'ENOENT') throw new Error(`${path} can't be written: its folder doesn't exist.`);
    throw error;
  }
  return privateKey;
}

export interface KeyFile {
  readonly privateKey: KeyObject;
  /** Others on this machine may read it. */
  readonly isOpenToOthers: boolean;
}

/** Reads a private key as `createKeyFile` writes it. @throws Error where there is none; never with anything of its content */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const [pem, { mode }] = await Promise.all([readFile(path, 'utf8'), stat(path)]).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT'
        ? new Error(`There is no key file ${path}. Make one by \`orilla keys create --out ${path}\`.`)
        : error;
    },
  );
  return {
    privateKey: parsePrivateKey(pem, path),
    isOpenToOthers: process.platform !== 'win32' && (mode & 0o077) !== 0,
  };
}

function parsePrivateKey(pem: string, path: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Why it can't be read may tell something of the key.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`${path} holds no Ed25519 private key in PEM. Make one by \`orilla keys create\`.`);
}
