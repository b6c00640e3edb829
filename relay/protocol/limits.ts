/** Every budget of the wire, in one place; both sides and their tests read it. Reasons beside the odd ones. */
export const LIMITS = {
  /** What the microphone is resampled to; every speech model here listens at this rate. */
  inputRateHz: 16_000,
  /** One audio frame of the uplink: what the voice activity model takes at a time, 32 ms. */
  frameSamples: 512,
  /** Rate of answers unless the upstream says otherwise. */
  outputRateHz: 24_000,

  maxJsonBytes: 64 * 1024,
  maxBinaryBytes: 16 * 1024,
  /** Enforced by the socket itself, before anything is parsed. */
  maxPayloadBytes: 256 * 1024,
  maxFragments: 16,
  maxBufferedChunks: 1024,
  maxJsonDepth: 16,
  maxJsonKeys: 64,
  maxHistoryTurns: 200,
  maxTextChars: 16_000,
  maxPromptChars: 8_000,

  maxUtteranceMs: 60_000,
  maxOpenUtterances: 4,
  /** A half-assembled utterance nobody finishes is dropped after this. */
  assemblyTtlMs: 120_000,
  /** How long a conversation without a socket stays in the relay's memory. */
  resumeWindowMs: 120_000,
  maxAttempts: 255,

  /** How far the relay may run ahead of what the ear has heard. `bufferedAmount` cannot tell: kernels swallow 80 s. */
  creditMs: 4_000,
  /** Unsent answer audio kept for one attempt before the upstream is no longer read from. */
  maxReplyBufferBytes: 8 * 1024 * 1024,
  /** Bytes queued on one socket before it is closed as too slow (resumable). */
  maxOutboundBytes: 1024 * 1024,
  /** Answer audio is cut into frames of at most this. */
  replyFrameMs: 100,

  helloTimeoutMs: 5_000,
  pingIdleMs: 15_000,
  pingInTurnMs: 5_000,
  /** Unanswered pings before the link is taken for dead. */
  maxMissedPings: 2,
  ticketTtlMs: 30_000,
  /** Faulty messages on one connection before it is closed; one slip must not end a call. */
  maxFaults: 20,
} as const;

export type Limits = typeof LIMITS;
