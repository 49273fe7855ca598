import { describe, expect, test } from "bun:test";
import { KeepAlive } from "../../src/broker/keep-alive.ts";
import { until } from "../support/waiting.ts";

function build(seconds: number) {
	const state = { now: 0, silent: 0 };
	const keepAlive = new KeepAlive(
		() => {
			state.silent += 1;
		},
		() => state.now,
	);
	keepAlive.start(seconds);
	return { keepAlive, state };
}

describe("keep alive", () => {
	test("ends a client that is silent for one and a half times as long, once", async () => {
		const { keepAlive, state } = build(0.02);
		state.now = 20;
		keepAlive.heard();
		state.now = 49;
		await Bun.sleep(60);
		expect(state.silent).toBe(0);
		state.now = 50;
		await until(() => state.silent > 0, "the end");
		state.now = 1000;
		await Bun.sleep(60);
		expect(state.silent).toBe(1);
	});

	test("of 0 never ends, nor does one that was stopped", async () => {
		const [none, stopped] = [build(0), build(0.01)];
		stopped.keepAlive.stop();
		for (const { state } of [none, stopped]) state.now = 1e9;
		await Bun.sleep(50);
		expect([none.state.silent, stopped.state.silent]).toEqual([0, 0]);
	});
});
