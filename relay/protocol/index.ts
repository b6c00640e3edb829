export { AUDIO_HEADER_BYTES, AudioKind, decodeAudio, encodeAudio, type AudioFrame } from './audio.ts';
export type { ClientMessage, ClientMessageOf, Commit, Hello, OpenUtterance } from './client.ts';
export { CLOSE, retryAfterClose, type CloseName } from './close.ts';
export { encodeClient, encodeServer, parseClient, parseServer, type FaultCode, type Parsed } from './codec.ts';
export { Settings, type HistoryTurn } from './common.ts';
export { heardText } from './heard.ts';
export { LIMITS, type Limits } from './limits.ts';
export type { RelayTimings, ReplyPart, ServerMessage, ServerMessageOf, TurnReport, Usage } from './server.ts';
export { PROTOCOL_VERSION, SUBPROTOCOL } from './version.ts';
