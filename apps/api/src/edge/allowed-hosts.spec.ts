import { hostname } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { foreignRequest } from './allowed-hosts.ts';

const loopback = { listenHost: '127.0.0.1', publicUrl: undefined };
const everywhere = { listenHost: '0.0.0.0', publicUrl: undefined };
const proxied = { listenHost: '127.0.0.1', publicUrl: new URL('https://closewatch.example.com') };

describe('foreignRequest', () => {
  it.each([
    ['localhost', loopback, 'localhost:8640'],
    ['a loopback address', loopback, '127.0.0.1:8640'],
    ['another loopback address', loopback, '127.1.2.3'],
    ['IPv6 loopback', loopback, '[::1]:8640'],
    ['the own name', loopback, `${hostname()}:8640`],
    ['another port, as a tunnel has it', loopback, 'localhost:9999'],
    ['any address when listening on all', everywhere, '192.0.2.7:8640'],
    ['any IPv6 address when listening on all', everywhere, '[2001:db8::1]:8640'],
    ['the public name', proxied, 'closewatch.example.com'],
  ])('lets %s pass', (_name, allowed, host) => {
    expect(foreignRequest({ host, origin: undefined }, allowed)).toBeUndefined();
  });

  it.each([
    ['a foreign name', loopback, 'evil.example'],
    ['a name that begins like ours', loopback, 'localhost.evil.example'],
    ['a name that resolves to loopback', loopback, '127.0.0.1.nip.io'],
    ['an address that is not loopback', loopback, '192.0.2.7:8640'],
    ['a foreign name when listening on all', everywhere, 'evil.example:8640'],
    ['a user before the name', loopback, 'evil@localhost'],
    ['a path after the name', loopback, 'localhost/evil'],
    ['nothing', loopback, undefined],
    ['an empty name', loopback, ''],
    ['a name under the public one', proxied, 'evil.closewatch.example.com'],
  ])('refuses %s', (_name, allowed, host) => {
    expect(foreignRequest({ host, origin: undefined }, allowed)).toContain('Host header');
  });

  it.each([
    ['the same origin', loopback, 'localhost:8640', 'http://localhost:8640'],
    ['the same origin on the default port', loopback, 'localhost:80', 'http://localhost'],
    ['the same origin by https, behind a proxy', proxied, 'closewatch.example.com', 'https://closewatch.example.com'],
    ['the public origin when the proxy rewrites Host', proxied, '127.0.0.1:8640', 'https://closewatch.example.com'],
  ])('lets %s pass', (_name, allowed, host, origin) => {
    expect(foreignRequest({ host, origin }, allowed)).toBeUndefined();
  });

  it.each([
    ['another site', 'https://evil.example'],
    ['another port', 'http://localhost:3000'],
    ['another name of this machine', 'http://127.0.0.1:8640'],
    ['a sandboxed page', 'null'],
    ['a file', 'file://'],
    ['nonsense', 'localhost:8640'],
    ['an empty origin', ''],
  ])('refuses %s as origin', (_name, origin) => {
    expect(foreignRequest({ host: 'localhost:8640', origin }, loopback)).toContain('Origin');
  });
});
