import * as v from 'valibot';
import { failed, ok, type Result } from '#kernel/result';

const Ms = v.pipe(v.number(), v.minValue(0), v.maxValue(600_000));
const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** Drawn anew each time, evenly between the two. */
const MsRange = v.pipe(
  v.tuple([Ms, Ms]),
  v.check(([from, to]) => from <= to, 'the first must not be above the second'),
);
const Text = v.pipe(v.string(), v.minLength(1), v.maxLength(2_000));

const Scenario = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,60}$/)),
  /** Said in order, and from the beginning again if there are more turns: text to be spoken, or a WAV file. */
  lines: v.pipe(v.array(v.union([Text, v.strictObject({ wav: v.string() })])), v.minLength(1), v.maxLength(1_000)),
  /** After an answer, until the next line. */
  pauseMs: v.optional(MsRange, [400, 900]),
  patience: v.optional(
    v.strictObject({
      /** Silence after a line, until it is said again. */
      waitMs: v.optional(Ms, 10_000),
      /** How often a line is said again before hanging up. */
      repeats: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10)), 1),
    }),
    {},
  ),
  /** Says the next line over the answer. */
  interrupts: v.optional(v.strictObject({ afterMs: MsRange, share: v.optional(Share, 1) })),
  /** Over an answer, without wanting a turn. */
  backchannels: v.optional(v.strictObject({ say: v.pipe(v.array(Text), v.minLength(1)), everyMs: MsRange })),
  /** Below the level of the voice by this much, all the time. */
  noise: v.optional(
    v.strictObject({ snrDb: v.pipe(v.number(), v.minValue(-20), v.maxValue(60)), wav: v.optional(v.string()) }),
  ),
  line: v.optional(v.picklist(['wideband', 'telephone']), 'wideband'),
});

/** A caller as written down. */
export type ScenarioInput = v.InferInput<typeof Scenario>;
/** With everything that was left open decided. */
export type Scenario = v.InferOutput<typeof Scenario>;

/** Problems name the field and what is wrong with it. */
export function parseScenario(input: unknown): Result<Scenario, string> {
  const parsed = v.safeParse(Scenario, input);
  if (parsed.success) return ok(parsed.output);
  const [issue] = parsed.issues;
  return failed(`${v.getDotPath(issue) ?? 'the scenario'}: ${issue.message}`);
}
