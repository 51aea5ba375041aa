import { type Bench } from '../bench.ts';
import { obstacleToApart, runApart } from './apart.ts';
import { runExhibitions } from './run-exhibitions.ts';

export const verdictsBench: Bench = {
  name: 'verdicts',
  summary: 'whether leaks are told from what is none, why they leak, how soon, and how long it can go on (root)',

  async run(words) {
    const obstacle = obstacleToApart();
    if (obstacle === undefined) return runApart(words);
    console.error(`bench verdicts: beside all other programs, for ${obstacle}`);
    return runExhibitions(words, { isApart: false });
  },
};
