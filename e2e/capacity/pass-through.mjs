import { WebSocket, WebSocketServer } from 'ws';

/**
 * What the relay is measured against: a server that hands every message on to an upstream WebSocket, and back, and does
 * nothing else but, at /json, parse what it hands on. Plain JavaScript, so that it runs without anything around it.
 *
 * Argument: the upstream's port. Prints its own.
 */
const upstreamPort = Number(process.argv[2]);
const OPTIONS = { perMessageDeflate: false, maxPayload: 256 * 1024 };

const server = new WebSocketServer({ ...OPTIONS, host: '127.0.0.1', port: 0, clientTracking: false });
server.on('listening', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});
server.on('connection', (client, { url = '/' }) => {
  const upstream = new WebSocket(`ws://127.0.0.1:${upstreamPort}${url}`, OPTIONS);
  join(client, upstream, url === '/json');
  join(upstream, client, url === '/json');
});

/**
 * @param {WebSocket} from
 * @param {WebSocket} to
 * @param {boolean} parses
 */
function join(from, to, parses) {
  from.on('message', (/** @type {Buffer} */ data, isBinary) => {
    // What comes before the other end is there is of no account: nothing is measured yet.
    if (to.readyState !== WebSocket.OPEN) return;
    if (parses && typeof JSON.parse(String(data)).type !== 'string') return;
    to.send(data, { binary: isBinary });
  });
  from.on('error', () => from.terminate());
  from.on('close', () => to.terminate());
}
