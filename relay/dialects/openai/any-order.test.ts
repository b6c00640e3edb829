import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScriptedRecogniser } from '../../speech/testing/scripted-recogniser.ts';
import { Judge } from './testing/judge.ts';
import { Rehearsal, settled, type Json } from './testing/rehearsal.ts';

type Step = (rehearsal: Rehearsal) => unknown;

const nat = fc.nat({ max: 30 });
/** The id of an item there is, or of none. */
const itemOf = (rehearsal: Rehearsal, n: number): string => rehearsal.live.items[n]?.id ?? `item_nobody_made_${n}`;
const say =
  (event: Json): Step =>
  (rehearsal) =>
    rehearsal.say(event);

const detections = fc.constantFrom<unknown>(
  null,
  { type: 'server_vad', idle_timeout_ms: 1_000 },
  { type: 'server_vad', interrupt_response: false },
  { type: 'semantic_vad', eagerness: 'high' },
  { type: 'semantic_vad', create_response: false },
);
const formats = fc.constantFrom<unknown>({ type: 'audio/pcm', rate: 24_000 }, { type: 'audio/pcmu' });

const settings: fc.Arbitrary<Step> = fc.oneof(
  detections.map((turn_detection) =>
    say({ type: 'session.update', session: { audio: { input: { turn_detection } } } }),
  ),
  formats.map((format) => say({ type: 'session.update', session: { audio: { input: { format } } } })),
  formats.map((format) => say({ type: 'session.update', session: { audio: { output: { format } } } })),
  fc.constantFrom('Ada', 'Bob', 'nobody', 'marin').map((voice) => say({ type: 'session.update', session: { voice } })),
  fc
    .constantFrom(['text'], ['audio'])
    .map((output_modalities) => say({ type: 'session.update', session: { output_modalities } })),
  fc.constantFrom(4, 'inf').map((max_output_tokens) => say({ type: 'session.update', session: { max_output_tokens } })),
  fc
    .constantFrom<unknown>(null, { model: 'whisper-1' })
    .map((words) => say({ type: 'session.update', session: { input_audio_transcription: words } })),
);

const content = fc.constantFrom<Json>(
  { type: 'input_text', text: 'Hello.' },
  { type: 'input_audio', audio: Buffer.alloc(64).toString('base64') },
);
const items: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(content, nat, fc.boolean()).map(([part, n, isLast]): Step => (rehearsal) => {
    const item = { type: 'message', role: 'user', content: [part] };
    const place = isLast ? {} : { previous_item_id: n % 3 === 0 ? 'root' : itemOf(rehearsal, n) };
    rehearsal.say({ type: 'conversation.item.create', item, ...place });
  }),
  fc
    .constantFrom('call_1', 'call_2', 'call_never_made')
    .map((call_id) =>
      say({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id, output: '{}' } }),
    ),
  fc.tuple(nat, fc.constantFrom('retrieve', 'delete')).map(
    ([n, action]): Step =>
      (r) =>
        r.say({ type: `conversation.item.${action}`, item_id: itemOf(r, n) }),
  ),
  fc.tuple(nat, fc.constantFrom(0, 1, 40, 90_000)).map(([n, audio_end_ms]): Step => (rehearsal) => {
    const item_id = itemOf(rehearsal, n);
    rehearsal.say({ type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms });
  }),
);

const talk: fc.Arbitrary<Step> = fc.oneof(
  fc.integer({ min: 0, max: 960 }).map(
    (samples): Step =>
      (rehearsal) =>
        rehearsal.append(2 * samples),
  ),
  fc.constantFrom('started', 'paused', 'resumed', 'stopped').map((kind): Step => (rehearsal) => {
    const detector = rehearsal.ears.detectors.at(-1);
    if (!detector || detector.isClosed) return;
    const at = detector.samples;
    detector.signal(
      kind === 'started'
        ? { kind, startSample: at }
        : kind === 'resumed'
          ? { kind }
          : ({ kind, endSample: at } as never),
    );
  }),
  fc.constantFrom('commit', 'clear').map((action) => say({ type: `input_audio_buffer.${action}` })),
);

const responses: fc.Arbitrary<Step> = fc.oneof(
  fc
    .constantFrom<Json | undefined>(
      ...[undefined, { output_modalities: ['text'] }, { tool_choice: 'required', max_output_tokens: 5 }],
      ...[
        { conversation: 'none', metadata: { topic: 'sorting' } },
        { conversation: 'none', input: [] },
      ],
    )
    .map((response) => say({ type: 'response.create', ...(response && { response }) })),
  fc.constantFrom('response.cancel', 'output_audio_buffer.clear').map((type) => say({ type })),
);

const upstream: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom('text', 'audio', 'call', 'usage', 'transcript', 'fail', 'end'), fc.nat({ max: 2 }))
  .map(([what, back]): Step => ({ upstream: { answers } }) => {
    const answer = answers.at(-1 - back);
    if (what === 'text') answer?.text('word ');
    if (what === 'audio') answer?.audio(20);
    const call = { kind: 'tool-call', callId: `call_${answers.length}`, name: 'look', arguments: '{}' } as const;
    if (what === 'call') answer?.push(call);
    if (what === 'usage') answer?.push({ kind: 'usage', usage: { inputTokens: 3, outputTokens: 5 } }).end();
    if (what === 'transcript') answer?.push({ kind: 'transcript', text: 'what was said' });
    if (what === 'fail') answer?.fail('upstream-died').end();
    if (what === 'end') answer?.end();
  });

const pause: fc.Arbitrary<Step> = fc.constantFrom<Step>(
  () => settled(),
  async ({ clock }) => {
    clock.advance(1_200);
    await settled();
  },
);

const steps = fc.array(fc.oneof(settings, items, talk, responses, upstream, upstream, pause), {
  minLength: 10,
  maxLength: 80,
  size: 'max',
});

/** Whoever is still asked answers no more; what waited for that is asked and ended in turn. */
async function finish({ upstream: { answers } }: Rehearsal): Promise<void> {
  for (let before = -1; before !== answers.length;) {
    before = answers.length;
    for (const answer of answers) answer.end();
    await settled();
  }
}

describe.each(['ga', 'beta'] as const)('clients of %s that do everything in any order', (flavour) => {
  it('hear nothing illegal, and the end of every response exactly once', { timeout: 60_000 }, async () => {
    const endings = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(steps, async (actions) => {
        const rehearsal = new Rehearsal({ flavour, recogniser: new ScriptedRecogniser() });
        for (const act of actions) await act(rehearsal);
        await finish(rehearsal);
        const judge = new Judge(flavour);
        for (const event of rehearsal.told()) judge.read(event);
        expect(judge.open).toEqual([]);
        for (const { response } of rehearsal.told('response.done') as { response: Json }[]) {
          endings.add(response['status']);
        }
      }),
      { numRuns: 250 },
    );
    // Every way to end has been seen.
    expect([...endings].toSorted()).toEqual(['cancelled', 'completed', 'failed', 'incomplete']);
  });
});
