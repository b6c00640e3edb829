import { performance } from 'node:perf_hooks';

/**
 * Loaded into the measured program before its own code: tells on request what the process has used so far. Costs
 * nothing in between. `process.send` is there because the program is started with a channel to its parent.
 */
process.on('message', (question) => {
  const heap = question === 'heap' ? heapBytes() : undefined;
  const { user, system } = process.cpuUsage();
  const { idle, active } = performance.eventLoopUtilization();
  process.send?.({
    atMs: performance.now(),
    cpuMs: (user + system) / 1000,
    activeMs: active,
    idleMs: idle,
    rss: process.memoryUsage.rss(),
    heap,
  });
});
// The channel must not keep the program alive.
process.channel?.unref();

function heapBytes() {
  // Twice: what finalizers let go of in the first is only gone after the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
