/** States by the kernel's numbers (include/net/tcp_states.h), as netlink and /proc/net/tcp give them. */
export const FIN_WAIT_1 = 4;
export const FIN_WAIT_2 = 5;
export const TIME_WAIT = 6;
export const LISTEN = 10;
