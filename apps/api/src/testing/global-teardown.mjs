export default async function globalTeardown() {
  await globalThis.closewatchTestServer?.stop();
}
