/**
 * Puts a table into a document in place of the one that stands between `<!-- bench NAME -->` and `<!-- end -->`.
 * @throws Error where the document has no such place
 */
export function replaceTable(document: string, name: string, table: string): string {
  const begin = `<!-- bench ${name} -->\n`;
  const end = '<!-- end -->';
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`The document has no place for the table of "bench ${name}".`);
  return `${document.slice(0, from + begin.length)}\n${table}\n\n${document.slice(to)}`;
}
