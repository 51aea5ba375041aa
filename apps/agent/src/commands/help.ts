export const HELP = `closewatch-agent: tells a Closewatch server how many TCP sockets this host has in each state,
and which connections it leaves in CLOSE_WAIT.

  closewatch-agent run [--source netlink|procfs]             samples this host and pushes to the server
  closewatch-agent counts [--json] [--source netlink|procfs] prints the sockets in each state, once
  closewatch-agent --help | --version

Environment of run:
  CLOSEWATCH_SERVER      where to push to (http://127.0.0.1:8640)
  CLOSEWATCH_TOKEN       the token to present; or CLOSEWATCH_TOKEN_FILE, a file that holds it
  CLOSEWATCH_INTERVAL    between two samples, 1s to 5m (5s)
  CLOSEWATCH_HOSTNAME    the name to go by (this host's own)
  CLOSEWATCH_DATA        folder for what the agent keeps (./.data)

Without --source it asks the kernel through netlink, and reads /proc/net/tcp where that is not to be had.
`;
