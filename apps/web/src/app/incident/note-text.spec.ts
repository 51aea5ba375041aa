import { TestBed } from '@angular/core/testing';
import { NoteText } from './note-text.ts';

async function shown(text: string): Promise<HTMLElement> {
  const fixture = TestBed.createComponent(NoteText);
  fixture.componentRef.setInput('text', text);
  await fixture.whenStable();
  return fixture.nativeElement as HTMLElement;
}

describe('a note', () => {
  it('shows what Markdown says', async () => {
    const note = await shown('It was the **pool**: `acquire()`\n\n- see [the fix](https://example.com/fix)');
    expect(note.querySelector('strong')?.textContent).toBe('pool');
    expect(note.querySelector('code')?.textContent).toBe('acquire()');
    expect(note.querySelector('li a')?.getAttribute('href')).toBe('https://example.com/fix');
  });

  it.each([
    '<script>globalThis.hacked = true</script>',
    '<img src=x onerror="globalThis.hacked = true">',
    'text <b onclick="globalThis.hacked = true">bold</b>',
    '<iframe src="javascript:globalThis.hacked = true"></iframe>',
    '<svg><style><img src=x onerror="globalThis.hacked = true"></style></svg>',
  ])('shows HTML as it was typed: %s', async (text) => {
    const note = await shown(text);
    expect(note.querySelector('script, img, iframe, svg, b, [onclick], [onerror]')).toBeNull();
    expect(note.textContent).toContain(text);
    expect(Reflect.get(globalThis, 'hacked')).toBeUndefined();
  });

  it.each([
    '[click](javascript:globalThis.hacked=true)',
    '[click](<java\nscript:globalThis.hacked=true>)',
    '[c](vbscript:x)',
  ])('makes no link that runs: %s', async (text) => {
    const hrefs = [...(await shown(text)).querySelectorAll('a')].map((link) => link.getAttribute('href') ?? '');
    expect(hrefs.filter((href) => /^\s*(javascript|vbscript|data):/i.test(href))).toEqual([]);
  });

  it('fetches no picture, but links to it', async () => {
    const note = await shown('![a "graph"](https://example.com/graph.png?a=1&b=2)');
    expect(note.querySelector('img')).toBeNull();
    const link = note.querySelector('a');
    expect([link?.getAttribute('href'), link?.textContent]).toEqual([
      'https://example.com/graph.png?a=1&b=2',
      'a "graph"',
    ]);
  });
});
