/** Names and texts of others as Markdown that says just them: no markup, no HTML, one line. */
export function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*[\]|~#]/g, '\\$&')
    .replaceAll(/(?<!\w)_|_(?!\w)/g, '\\_');
}

/**
 * Markdown that somebody typed, as a quotation whose markup stays, but for what could do more than look like text: HTML,
 * images, and links that lead elsewhere than to the web. With `&` written out nothing hides in entities.
 */
export function quoted(markdown: string): string {
  return markdown
    .replaceAll('\0', '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('![', '!\\[')
    .replaceAll(/\]\((?!\s*https?:\/\/)/gi, ']\\(')
    .replaceAll(/\]:(?!\s*https?:\/\/)/gi, ']\\:')
    .split(/\r\n|\r|\n/)
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** A table; its cells are Markdown of one line. Without rows nothing. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [[line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n')];
}

export function list(items: readonly string[]): string[] {
  return items.length === 0 ? [] : [items.map((item) => `- ${item}`).join('\n')];
}
