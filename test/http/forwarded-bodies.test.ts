import { expect, test } from "bun:test";
import { Answers } from "../../src/http/forwarded-bodies.ts";
import { until } from "../support/waiting.ts";

/** An answer that comes in pieces when the test says so. */
function slowAnswer() {
	let own: ReadableStreamDefaultController<Uint8Array> | undefined;
	const body = new ReadableStream<Uint8Array>({
		start: (controller) => {
			own = controller;
		},
	});
	return {
		response: new Response(body),
		send: (bytes: number) => own?.enqueue(new Uint8Array(bytes)),
		end: () => own?.close(),
	};
}

test("answers are collected whole", async () => {
	const answers = new Answers();
	const found = await answers.collect(new Response("abc"));
	expect(found).toEqual(new TextEncoder().encode("abc"));
	expect(await answers.collect(new Response(null))).toEqual(new Uint8Array());
});

test("one is at most so long, and all together are", async () => {
	const answers = new Answers(10, 15);
	expect(await answers.collect(new Response("x".repeat(11)))).toBe("long");
	const slow = slowAnswer();
	const first = answers.collect(slow.response);
	slow.send(9);
	const isBusy = async () => (await answers.collect(new Response("1234567"))) === "busy";
	await until(isBusy, "the first piece");
	slow.end();
	expect(await first).toHaveLength(9);
	expect(await answers.collect(new Response("1234567"))).toHaveLength(7);
});
