/** Fires when the agent is told to stop: SIGTERM, SIGINT, or the end of the process that started it over an IPC channel. */
export function untilTold(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const signals = ['SIGTERM', 'SIGINT'] as const;
  for (const name of signals) process.on(name, stop);
  process.on('disconnect', stop);
  // Whoever started the agent may be gone before it listens. Undefined, whatever its type says, without a channel.
  if (process.connected === false) stop();
  return {
    signal: controller.signal,
    release: () => {
      for (const name of signals) process.off(name, stop);
      process.off('disconnect', stop);
      if (process.connected) process.disconnect();
    },
  };
}
