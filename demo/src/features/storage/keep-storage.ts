/** Asks the browser not to evict what this page stores. Only the window may ask; browsers answer by their own rules, or ask the reader. */
export async function keepStorage(
  storage: Pick<StorageManager, 'persist' | 'persisted'> | undefined,
): Promise<boolean> {
  if (!storage) return false;
  return (await storage.persisted()) || (await storage.persist());
}
