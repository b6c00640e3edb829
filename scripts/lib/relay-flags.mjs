/**
 * What V8 is told for the relay. Sound is thousands of short-lived buffers and strings a second: with V8's usual young
 * generation they grow old before they die, and every collection of the old ones stops all calls for 5 to 25 ms. At 250
 * busy streams on one core these sizes (MB) cut the slowest hundredth of frames from 31 to 5 ms and the work by a fifth;
 * larger ones gain nothing more (`npm run capacity`). An idle relay takes 7 MB more.
 */
export const RELAY_FLAGS = ['--min-semi-space-size=16', '--max-semi-space-size=64', '--initial-heap-size=256'];
