/**
 * Tables that are not distributed by host_id where one machine is outgrown, each with its reason. Whatever is not named here is
 * large: host_id comes first in its primary key and in every unique index.
 */
export const NOT_DISTRIBUTED: Readonly<Record<string, string>> = {
  host: 'reference: small, known to every node, and where host_id is made',
  agent_token: 'local: accounts',
  session: 'local: accounts',
  packing: 'local: one row that says how far packing has come',
  retention: 'local: a row for each kind of data',
  backfill: 'local: a row for each upgrade that fills in the background',
  annotation: 'reference: what people say has changed, on one host or on all',
};
