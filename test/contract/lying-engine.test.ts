import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Flow } from "../support/flow.ts";
import { hasProgram } from "../support/programs.ts";
import { startTarget, type Target } from "../support/target.ts";
import { LONG_DEADLINE_MS, within } from "../support/waiting.ts";

let target: Target;
beforeAll(async () => {
	// In the machine's Python a function reaches the channel of its engine, and can say what it likes.
	target = await startTarget({ esm: { engine: "python3", "engine-memory": 1024 } });
});
afterAll(() => target.dispose());

const TOP = `
import json, os, posix
# Out of the way of what happens by chance, but there: nothing stops a function that looks for it.
CHANNEL = max(int(name) for name in os.listdir('/proc/self/fd'))
def say(word, text):
    data = text.encode()
    frame = b'%s %d\\n%s' % (word, len(data), data)
    while frame:
        frame = frame[posix.write(CHANNEL, frame):]
def error(**changes):
    record = dict(graph=1, kind='exception', stage=None, digest=None, src=None, reason='r')
    return json.dumps({**record, **changes})
SEP = chr(30)
`;

/** What a function says in the engine's name, and what is said of it. */
const LIES: [string, string, string][] = [
	[
		"ten million records",
		"say(b'slice', '1' + (SEP + '1' + SEP + '[]') * 10_000_000)",
		"it sent more than",
	],
	[
		"a reason of 20 MB",
		"say(b'slice', SEP.join(['1', 'e', error(reason='r' * (20 << 20))]))",
		"an error of",
	],
	[
		"a kind of its own",
		"say(b'slice', SEP.join(['1', 'e', error(kind='my_kind')]))",
		"wrong shape",
	],
	[
		"a result of 20 MB",
		"say(b'slice', SEP.join(['1', '1', '[' + '1' * (20 << 20) + ']']))",
		"tried to publish",
	],
	[
		"a print of 20 MB",
		"say(b'slice', SEP.join(['1', 'p', json.dumps(dict(graph=1, text='x' * (20 << 20)))]))",
		"it printed more than",
	],
	[
		"a frame of a gigabyte",
		"posix.write(CHANNEL, b'slice 1000000000\\n')",
		"a frame of 1000000000 bytes",
	],
	["an unknown word", "say(b'hello', '')", "the word"],
	["no frame at all", "posix.write(CHANNEL, b'x' * 100)", "it sent bytes that are not a frame"],
	["ready once more", "say(b'ready', '')", "out of turn"],
	["an answer to something else", "say(b'done', 'null')", "out of turn"],
	["more messages than there were", "say(b'slice', '300')", "it reported 300"],
	["messages without end", "[say(b'slice', '1') for n in range(1000)]", "without being asked"],
];

describe.if(hasProgram("/usr/bin/python3", "--version"))("an engine that lies is replaced", () => {
	test.each(LIES)("%s", async (_name, lie, said) => {
		const innocent = await Flow.build(target, {
			idfs: [{ code: "def run(x): return x + 0\n" }],
			odfs: [{}],
		});
		const code = `${TOP}\ndef run(x):\n  if x == 1: ${lie}\n  return x\n`;
		const liar = await Flow.build(target, { idfs: [{ code }], odfs: [{}] });
		const { monitor_topics } = await liar.graph.ok({ op: "start_monitor" });
		await liar.device.client.subscribe(String(monitor_topics));
		await liar.send(1);
		let reason = "";
		while (!reason.includes(said)) {
			const { data } = await liar.device.client.nextJson(String(monitor_topics), LONG_DEADLINE_MS);
			reason = JSON.stringify(data);
		}
		// While it is replaced, the server answers.
		await within(fetch(`${target.http}/health`), "an answer while the engine is replaced");
		await innocent.expect([5], [5]);
		await liar.graph.ok({ op: "detach" });
		expect(await (await fetch(`${target.http}/metrics`)).text()).not.toContain("my_kind");
		for (const line of target.log().split("\n")) expect(line.length).toBeLessThan(20_000);
	});

	test("slots that are null leave the graph without slots, and alive", async () => {
		const code = `import json\njson.dumps = lambda *_: 'null'\ndef run(x): return x\n`;
		const flow = await Flow.build(target, { idfs: [{ code }], odfs: [{}] });
		await flow.expect([1], [1]);
		const link = { da_id: flow.device.id, idf: "idf0" };
		await flow.graph.ok({ op: "set_df_func", ...link, new: null });
		await flow.expect([2], [2]);
		expect(target.log()).toContain("it sent a record of the wrong shape");
	});
});
