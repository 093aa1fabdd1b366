import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { usableCores } from '../../src/runtime/usable-cores.ts';

const reading = (files: Readonly<Record<string, string>>) => (path: string) => files[path] ?? '';
const v2 = '/sys/fs/cgroup/cpu.max';
const v1 = (name: string) => `/sys/fs/cgroup/cpu/cpu.cfs_${name}_us`;

describe('usable cores', () => {
  it.each([
    ['no container', {}],
    ['version 2 without a limit', { [v2]: 'max 100000\n' }],
    ['version 1 without a limit', { [v1('quota')]: '-1\n', [v1('period')]: '100000\n' }],
    ['a limit above what there is', { [v2]: '99900000 100000\n' }],
    ['nonsense', { [v2]: 'what\n', [v1('quota')]: '5', [v1('period')]: '0' }],
  ])('are all there are with %s', (_what, files) => {
    expect(usableCores(reading(files))).toBe(availableParallelism());
  });

  it.each([
    ['half a core', { [v2]: '50000 100000\n' }],
    ['one core', { [v2]: '100000 100000\n' }],
    ['one core by version 1', { [v1('quota')]: '100000\n', [v1('period')]: '100000\n' }],
  ])('are one in a container with %s', (_what, files) => {
    expect(usableCores(reading(files))).toBe(1);
  });
});
