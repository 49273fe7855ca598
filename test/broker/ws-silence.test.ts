import { expect, test } from "bun:test";
import { ASK_AFTER_MS, GONE_AFTER_MS, WsSilence } from "../../src/broker/ws-silence.ts";

function session(heardAt: number) {
	const events: string[] = [];
	const watched = {
		heardAt,
		ping: () => events.push("ping"),
		stream: { destroy: (error: Error) => events.push(error.message) },
	};
	return { watched, events };
}

test("a silent client is asked, and dropped when it does not answer", () => {
	let now = 0;
	const silence = new WsSilence(() => now);
	const [quiet, busy, gone] = [session(0), session(0), session(0)];
	for (const { watched } of [quiet, busy, gone]) silence.watch(watched);
	now = ASK_AFTER_MS;
	silence.look();
	expect(quiet.events).toEqual([]);
	now += 1;
	busy.watched.heardAt = now;
	silence.forget(gone.watched);
	silence.look();
	now = GONE_AFTER_MS + 1;
	silence.look();
	expect([quiet.events, gone.events]).toEqual([["ping", "it does not answer pings"], []]);
	expect(busy.events).toEqual([]);
	for (const { watched } of [quiet, busy]) silence.forget(watched);
});
