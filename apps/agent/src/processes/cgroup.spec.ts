import { describe, expect, it } from '@jest/globals';
import { placementIn } from './cgroup.ts';

const ID = 'c0ffee'.repeat(10) + 'beef';

describe('the control group of a process', () => {
  it.each([
    ['0::/system.slice/nginx.service', { unit: 'nginx.service' }],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service', { unit: 'shop.service' }],
    ['0::/user.slice/user-1000.slice/session-3.scope', { unit: 'session-3.scope' }],
    [`0::/system.slice/docker-${ID}.scope`, { containerId: ID }],
    [`0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope`, { containerId: ID }],
    [`12:cpu:/docker/${ID}\n1:name=systemd:/docker/${ID}\n`, { containerId: ID }],
    [
      '9:name=systemd:/system.slice/cron.service\n4:memory:/system.slice/cron.service\n0::/\n',
      { unit: 'cron.service' },
    ],
    ['0::/', {}],
    ['', {}],
    ['nonsense', {}],
  ])('%s', (text, placement) => {
    expect(placementIn(text)).toEqual(placement);
  });
});
