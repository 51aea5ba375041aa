import { grantsOf, lackOf } from './lack-advice.ts';

describe('what an agent lacks', () => {
  it('is named by its capability, which has a meaning here, and keeps the words of the agent', () => {
    const raw = "CAP_SYS_PTRACE: other users' descriptors cannot be followed";
    expect(lackOf(raw)).toEqual({ raw, name: 'CAP_SYS_PTRACE', meaning: 'lacks.sysPtrace', capability: true });
  });

  it('is named by a capability that is not known here too, without a meaning', () => {
    expect(lackOf('CAP_BPF')).toEqual({ raw: 'CAP_BPF', name: 'CAP_BPF', meaning: null, capability: true });
  });

  it.each([
    ['netlink: koffi cannot be loaded', 'netlink'],
    ['owners', 'owners'],
    [
      'this is a sentence that goes on for a while and then: explains',
      'this is a sentence that goes on for a while and then: explains',
    ],
    ['the text CAP_SYS_PTRACE is not at its beginning', 'the text CAP_SYS_PTRACE is not at its beginning'],
  ])('is named by what stands before its colon: %s', (raw, name) => {
    expect(lackOf(raw)).toEqual({ raw, name, meaning: null, capability: false });
  });
});

describe('granting', () => {
  it('grants all capabilities at once, each once', () => {
    const lacks = ['CAP_SYS_PTRACE: a', 'CAP_SYS_ADMIN: b', 'CAP_SYS_PTRACE: c', 'netlink: d'].map(lackOf);
    expect(grantsOf(lacks)).toEqual({
      systemd: 'AmbientCapabilities=CAP_SYS_PTRACE CAP_SYS_ADMIN',
      docker: '--cap-add SYS_PTRACE --cap-add SYS_ADMIN --pid host --network host',
      setcap: 'setcap cap_sys_ptrace,cap_sys_admin+ep /path/to/node',
    });
  });

  it('is no advice where no capability lacks', () => {
    expect(grantsOf([lackOf('netlink: koffi cannot be loaded')])).toBeNull();
  });
});
