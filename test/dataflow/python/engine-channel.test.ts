import { describe, expect, test } from "bun:test";
import { EngineChannel } from "../../../src/dataflow/python/engine-channel.ts";
import { encodeFrame } from "../../../src/dataflow/python/frames.ts";
import type { EngineReply } from "../../../src/dataflow/python/protocol.ts";
import { Inbox } from "../../support/waiting.ts";

/** A channel whose other end is a shell's descriptor 3. */
function channelTo(script: string) {
	const said = new Inbox<EngineReply | string>();
	const child = Bun.spawn(["/bin/sh", "-c", script], {
		stdio: ["ignore", "ignore", "ignore", "pipe"],
	});
	const descriptor = child.stdio[3];
	if (typeof descriptor !== "number") throw new Error("There is no descriptor");
	const channel = new EngineChannel(descriptor, true, {
		onReply: (reply) => said.add(reply),
		onBroken: (reason) => said.add(reason),
	});
	return { channel, said, child };
}

describe("engine channel", () => {
	test("sends frames, however large, and reads them", async () => {
		const { channel, said, child } = channelTo(
			"head -c 3000014 <&3 | wc -c | { read n; printf 'done %d\\n%s' ${#n} $n >&3; }",
		);
		channel.send({ ask: "batch", text: "x".repeat(3_000_000) }, false);
		expect(encodeFrame("batch", "x".repeat(3_000_000))).toHaveLength(3_000_014);
		expect(await said.take("the count")).toEqual({ answer: "done", text: "3000014" });
		await child.exited;
	});

	test("the first answer may say why system calls are not filtered, in short", async () => {
		const { said, child } = channelTo(
			"text=$(printf '%0500d' 0); printf 'ready 500\\n%s' $text >&3",
		);
		expect(await said.take("ready")).toEqual({ answer: "ready", unfiltered: "0".repeat(200) });
		await child.exited;
	});

	test.each([
		["printf 'hello 0\\n' >&3", 'the word "hello"'],
		["printf 'done x\\n' >&3", "a frame of x bytes"],
		["printf 'done 999999999\\n' >&3", "a frame of 999999999 bytes"],
	])("%s breaks it", async (script, reason) => {
		const { said, child } = channelTo(script);
		expect(await said.take("what is wrong")).toContain(reason);
		await child.exited;
	});

	test("what is sent to a process that is gone is lost in silence", async () => {
		const { channel, said, child } = channelTo("exit 0");
		await child.exited;
		channel.send({ ask: "batch", text: "x".repeat(1 << 20) }, true);
		expect(said.waiting).toEqual([]);
	});
});
