import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfiguration } from '../config/configuration.ts';
import { startServer } from '../server.ts';
import { Clock } from '../time/clock.ts';

/** Goes ahead of the machine's clock by as many milliseconds as a file says. */
class ClockOfFile extends Clock {
  constructor(private readonly file: string) {
    super();
  }

  override now(): number {
    return Date.now() + Number(readFileSync(this.file, 'utf8'));
  }
}

/** A program for tests that kill it: the whole server, as main.ts starts it, by the clock of the file in its argument. */
const [, , file = ''] = process.argv;
const configuration = readConfiguration();
await startServer({
  configuration,
  webFolder: join(configuration.dataFolder, 'no-web'),
  agentProgram: '',
  print: (line) => process.stdout.write(`${line}\n`),
  clock: new ClockOfFile(file),
});
