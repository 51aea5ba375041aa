import { Outbox } from '../uplink/outbox.ts';
import { AGENT, CountedLosses, parcelOfBytes, runOf } from './parcels.ts';

/** Appends to the outbox in the folder that it is told, as the run that it is told, and says after each that it is kept. */
const [folder = '', run = '1'] = process.argv.slice(2);
const outbox = await Outbox.open({
  folder,
  bounds: { bytes: 64 * 2 ** 20, ageMs: 3_600_000 },
  describe: () => AGENT,
  losses: new CountedLosses(),
});
for (let seq = 0; ; seq++) {
  outbox.add(parcelOfBytes(runOf(Number(run)), seq, (seq * 7_919) % 60_000));
  await outbox.settled();
  process.stdout.write(`${seq}\n`);
}
