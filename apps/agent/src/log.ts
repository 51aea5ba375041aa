/** Tells the person who runs the agent what happened: one short line each. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}

/** Lines to stderr, so that stdout stays for results. */
export function logTo(stream: { write(text: string): unknown }): Log {
  const line = (level: string, message: string): void => {
    stream.write(`${new Date().toISOString()} ${level} ${message}\n`);
  };
  return {
    info: (message) => line('info', message),
    warn: (message) => line('warn', message),
  };
}
