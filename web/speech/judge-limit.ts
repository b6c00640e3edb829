/**
 * An answer later than this is of no use. The question is asked after 200 ms of silence, and after 700 ms silence decides
 * by itself; 300 ms leaves room to act on the answer. A network of Smart Turn's size takes 140 ms on one core of a 2026
 * cloud machine (WebAssembly, int8) and its front end 10 ms, so the limit lets half of that speed through.
 */
export const JUDGE_LIMIT_MS = 300;
