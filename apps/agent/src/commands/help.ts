export const HELP = `closewatch-agent: tells a Closewatch server how many TCP sockets this host has in each state,
and which connections it leaves in CLOSE_WAIT; and tells a person at the terminal.

  closewatch-agent run       samples this host and pushes to the server
  closewatch-agent counts    prints the sockets in each state, once, as netstat -n | awk does
  closewatch-agent leaks     prints who keeps connections in CLOSE_WAIT, since when, why they do not close and what to do
  closewatch-agent watch     shows counts and leaks, again and again
  closewatch-agent doctor    tells what the agent lacks on this host, what that costs and how to grant it
  closewatch-agent --help | --version

Options
  --source netlink|procfs    where to read sockets from (netlink, else /proc/net/tcp); not with doctor
  --json                     results as JSON; not with run
  --connections              leaks: a line for each connection instead of groups
  --check                    leaks: exit with 3 when a connection is in CLOSE_WAIT for the minimal age
  --min-age DURATION         leaks: from which age on a connection counts as aged (60s)
  --language en|zh-Hans      leaks, watch: the language of verdicts (as LC_ALL, LC_MESSAGES or LANG says)
  --interval DURATION        watch: between two looks, 500ms to 1h (2s)
  --count LOOKS              watch: stop after so many

Environment of run and doctor
  CLOSEWATCH_SERVER      where to push to (http://127.0.0.1:8640)
  CLOSEWATCH_TOKEN       the token to present; or CLOSEWATCH_TOKEN_FILE, a file that holds it
  CLOSEWATCH_INTERVAL    between two samples, 1s to 5m (5s)
  CLOSEWATCH_HOSTNAME    the name to go by (this host's own)
  CLOSEWATCH_DATA        folder for what the agent keeps (./.data)
  CLOSEWATCH_OUTBOX_SIZE what may wait on disk while the server is away (64M)
  CLOSEWATCH_OUTBOX_AGE  and for how long (24h)

Exit codes: 0 done; 1 could not; 2 the command line or the environment means nothing; 3 leaks --check or doctor found
something. The manual page is closewatch-agent.1 beside this program: man -l closewatch-agent.1
`;
