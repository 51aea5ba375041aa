/** What the network namespace of a measurement is filled with; words are those of apps/agent/src/testing/socket-load.ts. */
export interface Load {
  readonly name: 'hard' | 'typical' | 'idle';
  readonly words: readonly string[];
  readonly closeWait: number;
}

export const HARD: Load = {
  name: 'hard',
  words: ['ipv4:close_wait=7000', 'ipv6:close_wait=3000', 'ipv4:time_wait=180000', 'ipv6:time_wait=60000'],
  closeWait: 10_000,
};

export const TYPICAL: Load = {
  name: 'typical',
  words: [
    'ipv4:established=1500',
    'ipv6:established=500',
    'ipv4:close_wait=40',
    'ipv6:close_wait=10',
    'ipv4:time_wait=400',
    'ipv6:time_wait=100',
  ],
  closeWait: 50,
};

export const IDLE: Load = { name: 'idle', words: [], closeWait: 0 };
