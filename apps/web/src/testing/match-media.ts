/** jsdom has no media queries, and uPlot asks for one when it is loaded: import this before a page with a chart. Nothing matches. */
globalThis.matchMedia ??= (media) =>
  Object.assign(new EventTarget(), {
    media,
    matches: false,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });
