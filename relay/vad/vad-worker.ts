import { parentPort } from 'node:worker_threads';
import type { ToThread } from './ears.messages.ts';
import { createServer } from './serve.ts';

const port = parentPort;
if (!port) throw new Error('runs only as a thread');
const serve = createServer((message, transfer) => port.postMessage(message, transfer));
// What cannot be gone on from ends the thread; whoever started it is told why.
port.on('message', (message: ToThread) => void serve(message));
