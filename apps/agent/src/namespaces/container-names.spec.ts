import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ContainerNames, bundleName, dockerName, listedName } from './container-names.ts';

const ID = 'a1'.repeat(32);
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'closewatch-root-'));
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const BUNDLE = `run/containerd/io.containerd.runtime.v2.task/k8s.io/${ID}/config.json`;

describe('the name of a container', () => {
  it.each([
    ["Docker's", `var/lib/docker/containers/${ID}/config.v2.json`, { ID, Name: '/web' }, 'web'],
    [
      'a pod for containerd',
      BUNDLE,
      { annotations: { 'io.kubernetes.cri.sandbox-name': 'web-0', 'io.kubernetes.cri.sandbox-namespace': 'shop' } },
      'shop/web-0',
    ],
    [
      "nerdctl's",
      `run/containerd/io.containerd.runtime.v2.task/default/${ID}/config.json`,
      { annotations: { 'nerdctl/name': 'web' } },
      'web',
    ],
    [
      "Podman's",
      'var/lib/containers/storage/overlay-containers/containers.json',
      [
        { id: 'b2'.repeat(32), names: ['db'] },
        { id: ID, names: ['web'] },
      ],
      'web',
    ],
    [
      "Podman's, of one that does not stay",
      'var/lib/containers/storage/overlay-containers/volatile-containers.json',
      [{ id: ID, names: ['web'] }],
      'web',
    ],
  ])('is %s', (_whose, path, content, name) => {
    expect(new ContainerNames([root]).nameOf(ID)).toBeUndefined();
    write(path, JSON.stringify(content));
    expect(new ContainerNames(['/nowhere', root]).nameOf(ID)).toBe(name);
  });

  it.each(['', '{', 'null', '[]', '{"annotations":[]}', '{"annotations":null}'])('is not known by %j', (text) => {
    write(BUNDLE, text);
    expect(new ContainerNames([root]).nameOf(ID)).toBeUndefined();
  });

  it('is never anything but text, whatever the files hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        for (const name of [dockerName(json), bundleName(json), listedName(json, ID)]) {
          expect(name === undefined || typeof name === 'string').toBe(true);
        }
        expect(listedName([json, { id: ID, names: ['web'] }], ID)).toBe('web');
      }),
    );
  });
});
