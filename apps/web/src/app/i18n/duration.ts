/** Words for units of time, as short as the language allows. */
export interface DurationUnits {
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

/**
 * Seconds as the two largest units that matter: `8 s`, `2 m 05 s`, `1 h 04 m`, `3 d 07 h`. Fractions are cut off: an age
 * is never claimed before it is reached. The second unit has two digits, so that a column of ages stands still.
 */
export function formatDuration(seconds: number, units: DurationUnits): string {
  const whole = Math.max(0, Math.floor(seconds));
  const pair = (major: number, majorUnit: string, minor: number, minorUnit: string) =>
    `${major} ${majorUnit} ${String(minor).padStart(2, '0')} ${minorUnit}`;
  if (whole < 60) return `${whole} ${units.second}`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return pair(minutes, units.minute, whole % 60, units.second);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, units.hour, minutes % 60, units.minute);
  return pair(Math.floor(hours / 24), units.day, hours % 24, units.hour);
}
