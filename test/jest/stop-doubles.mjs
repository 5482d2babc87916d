export default function stopDoubles() {
  globalThis.stopDoubles?.();
}
