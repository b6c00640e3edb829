import decoderWasm from 'minimp3-wasm/dist/decoder.opt.wasm?url&inline';
import { ok, type Result } from '#kernel/result';
import { hasUsableShape, invalid, type AudioBlock, type AudioFile, type AudioFileProblem } from './audio-block.ts';

/** What the module exports; sizes in bytes, offsets into its memory. */
interface Mp3Decoder {
  memory: WebAssembly.Memory;
  decoder_init(): void;
  decoder_set_mp3_data_size(bytes: number): void;
  decoder_mp3_data_offset(): number;
  decoder_decode(seconds: number): void;
  decoder_pcm_data_offset(): number;
  decode_results_sampling_rate(): number;
  decode_results_num_channels(): number;
  decode_results_num_samples(): number;
}

const FUNCTIONS = [
  'decoder_init',
  'decoder_set_mp3_data_size',
  'decoder_mp3_data_offset',
  'decoder_decode',
  'decoder_pcm_data_offset',
  'decode_results_sampling_rate',
  'decode_results_num_channels',
  'decode_results_num_samples',
] as const satisfies (keyof Mp3Decoder)[];

function isMp3Decoder(exports: object): exports is Mp3Decoder {
  const found = new Map<string, unknown>(Object.entries(exports));
  return typeof found.get('memory') === 'object' && FUNCTIONS.every((name) => typeof found.get(name) === 'function');
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** Compiled at the first MP3, as most relays never see one. */
async function loadDecoder(): Promise<Mp3Decoder> {
  compiled ??= WebAssembly.compile(Buffer.from(decoderWasm.slice(decoderWasm.indexOf(',') + 1), 'base64'));
  const { exports } = await WebAssembly.instantiate(await compiled, {});
  if (!isMp3Decoder(exports)) throw new Error('not the MP3 decoder');
  return exports;
}

/** MP3 by minimp3, which skips tags and whatever is no frame. */
export async function openMp3(file: Uint8Array): Promise<Result<AudioFile, AudioFileProblem>> {
  const decoder = await loadDecoder();
  decoder.decoder_init();
  decoder.decoder_set_mp3_data_size(file.length);
  new Uint8Array(decoder.memory.buffer).set(file, decoder.decoder_mp3_data_offset());
  const first = decodeSecond(decoder);
  if (!first) return invalid('no MP3 frame in it');
  return ok({
    *blocks() {
      for (let block: AudioBlock | undefined = first; block; block = decodeSecond(decoder)) yield block;
    },
  });
}

function decodeSecond(decoder: Mp3Decoder): AudioBlock | undefined {
  decoder.decoder_decode(1);
  const samples = decoder.decode_results_num_samples();
  const channelCount = decoder.decode_results_num_channels();
  const rateHz = decoder.decode_results_sampling_rate();
  if (samples === 0 || !hasUsableShape(rateHz, channelCount)) return undefined;
  const interleaved = new Int16Array(decoder.memory.buffer, decoder.decoder_pcm_data_offset(), samples);
  const channels = Array.from({ length: channelCount }, (_, c) => {
    const channel = new Float32Array(samples / channelCount);
    for (let i = 0; i < channel.length; i++) channel[i] = (interleaved[i * channelCount + c] ?? 0) / 32_768;
    return channel;
  });
  return { rateHz, channels };
}
