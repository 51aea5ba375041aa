import { TestBed } from '@angular/core/testing';
import { withLanguage } from '../../testing/language.ts';
import type { LanguageId } from '../i18n/languages.ts';
import { AgentLacks } from './agent-lacks.ts';

async function shown(missing: readonly string[], language: LanguageId = 'en', agentless = false): Promise<HTMLElement> {
  await withLanguage(language);
  const fixture = TestBed.createComponent(AgentLacks);
  fixture.componentRef.setInput('missing', missing);
  fixture.componentRef.setInput('agentless', agentless);
  await fixture.whenStable();
  return fixture.nativeElement as HTMLElement;
}

const PTRACE = "CAP_SYS_PTRACE: other users' descriptors cannot be followed";

describe('what the agent lacks', () => {
  it('is one line of names, and opened says what they mean and how to grant them', async () => {
    const root = await shown([PTRACE, 'sysctl a: cannot be read', 'sysctl a: cannot be read twice']);
    expect([...root.querySelectorAll('summary code')].map((code) => code.textContent)).toEqual([
      'CAP_SYS_PTRACE',
      'sysctl a',
    ]);
    expect(root.querySelector('ul')?.textContent).toContain('lets the agent see which process holds');
    expect([...root.querySelectorAll('dd code')].map((code) => code.textContent)).toEqual([
      'AmbientCapabilities=CAP_SYS_PTRACE',
      '--cap-add SYS_PTRACE --pid host --network host',
      'setcap cap_sys_ptrace+ep /path/to/node',
    ]);
  });

  it('keeps the words of the agent beside those of the reader’s language', async () => {
    const root = await shown([PTRACE], 'zh-Hans');
    expect(root.querySelector('li')?.textContent).toContain('让代理看到其他用户的套接字');
    expect(root.querySelector('li .raw')?.textContent).toBe(PTRACE);
  });

  it('gives no commands where there is no agent, and keeps what was said', async () => {
    const raw = 'agent: there is none on this host, its sockets come as text from ss';
    const root = await shown([raw], 'en', true);
    expect(root.querySelector('dl')).toBeNull();
    expect(root.querySelector('summary')?.textContent).toContain('This host has no agent');
    expect(root.querySelector('li')?.textContent?.trim()).toBe(raw);
  });
});
