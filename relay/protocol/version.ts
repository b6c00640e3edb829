/**
 * The native wire between the browser and the relay, negotiated as a WebSocket subprotocol. New message types and new
 * optional fields keep the version (both sides ignore what they do not know); anything else is a new subprotocol.
 */
export const SUBPROTOCOL = 'earshot.v1';
export const PROTOCOL_VERSION = 1;
