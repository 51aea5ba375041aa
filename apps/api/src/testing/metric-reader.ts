/** The samples of a text in Prometheus' format, `name{host="web-1"}` and its value. Throws for what is no sample. */
export function readMetrics(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, series, value] = /^([a-z_:][a-z0-9_:]*(?:\{.*\})?) (\S+)$/i.exec(line) ?? [];
    if (series === undefined || value === undefined) throw new Error(`This is no sample: ${line}`);
    if (samples.has(series)) throw new Error(`This series is there twice: ${series}`);
    samples.set(series, Number(value));
  }
  return samples;
}
