const LARGEST = 2_147_483_647;

/** The namespace number of `?netns=`; the host's own, 0, for what is none. */
export function netnsOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) <= LARGEST ? Number(text) : 0;
}
