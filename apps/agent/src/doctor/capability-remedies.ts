/** The ways to give capabilities (`CAP_SYS_PTRACE`) to an agent: by systemd, in a container, to the program file. */
export function waysToGrant(capabilities: readonly string[]): string[] {
  const names = capabilities.join(' ');
  const docker = capabilities.map((name) => `--cap-add ${name.replace(/^CAP_/, '')}`).join(' ');
  return [
    `systemd unit: AmbientCapabilities=${names}`,
    `container: ${docker} --pid host --network host`,
    `program file: setcap ${names.toLowerCase().replaceAll(' ', ',')}+ep on a copy of node that only the agent uses`,
    'or run the agent as root',
  ];
}
