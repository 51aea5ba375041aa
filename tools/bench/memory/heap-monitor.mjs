// Loaded into the API by `--import`: on SIGUSR2 it writes process.memoryUsage() to the file HEAP_MONITOR_FILE.
import { writeFileSync } from 'node:fs';

process.on('SIGUSR2', () => {
  writeFileSync(process.env.HEAP_MONITOR_FILE, JSON.stringify(process.memoryUsage()));
});
