import { Marked, type Parser, type Tokens } from 'marked';

/** What a note may link to. */
const LINKED = /^(https?:\/\/|mailto:|\/(?!\/)|#)/i;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function linkTo(href: string, html: string): string {
  return LINKED.test(href) ? `<a href="${escaped(href)}">${html}</a>` : html;
}

/**
 * Markdown to HTML as notes need it. HTML in a note is shown as it was typed; a picture is a link to it, so that to read
 * a note fetches nothing from anywhere; and links lead to pages, mail and nothing that runs. The result still goes
 * through Angular's sanitizer (`[innerHTML]`).
 */
const marked = new Marked({
  async: false,
  breaks: true,
  gfm: true,
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escaped(text),
    image: ({ href, text }: Tokens.Image) => linkTo(href, escaped(text || href)),
    link(this: { parser: Parser }, { href, tokens }: Tokens.Link) {
      return linkTo(href, this.parser.parseInline(tokens));
    },
  },
});

export function htmlOf(markdown: string): string {
  return marked.parse(markdown, { async: false });
}
