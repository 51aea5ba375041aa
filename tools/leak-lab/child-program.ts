import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that the lab started: Node or Python, told and heard in lines of JSON. */
export interface ChildProgram {
  readonly pid: number | undefined;
  /** Sends an order, a line of JSON on its standard input. */
  tell(order: object): void;
  /** Rejects when it ends by itself or cannot be started; never resolves. */
  readonly broken: Promise<never>;
  /** Ends it, and whatever it has started, and waits for that. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts `command` with `args`; each line it says is an object of type `News`. When the lab dies without a word, its
 * standard input ends: that is for the program to notice.
 */
export function startChild<News>(
  role: string,
  command: string,
  args: readonly string[],
  onNews: (news: News) => void,
): ChildProgram {
  // In a session of its own: Ctrl-C is for the lab, who then decides when its programs go.
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  // Its own children share its standard output: closed is when the last of them has ended.
  const closed = new Promise((resolve) => child.once('close', resolve));
  const { promise: broken, reject } = Promise.withResolvers<never>();
  // A rejection that nobody waits for any more, because the lab stops, is no fault.
  broken.catch(() => undefined);
  let stopping = false;

  child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? missing(command, role) : error));
  child.on('exit', (code, signal) => {
    if (!stopping) reject(new Error(`the ${role} process ended (${signal ?? `exit code ${code}`})`));
  });
  // Nobody reads our orders any more: its exit tells.
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => onNews(JSON.parse(line) as News));

  return {
    pid: child.pid,
    tell: (order) => void child.stdin.write(JSON.stringify(order) + '\n'),
    broken,
    async stop() {
      stopping = true;
      // It may be stopped, busy or blocked: no other signal is sure to reach it.
      child.kill('SIGKILL');
      await closed;
    },
  };
}

function missing(command: string, role: string): Error {
  return new Error(
    `${command} is missing and the ${role} of this scenario needs it: install it (apt-get install ${command})`,
  );
}
