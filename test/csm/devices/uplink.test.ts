import { describe, expect, test } from "bun:test";
import { readUplink } from "../../../src/csm/devices/uplink.ts";

const read = (value: unknown) =>
	readUplink(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));

describe("uplink messages of csm.md §3.1", () => {
	test("presence has state and rev", () => {
		expect(read({ state: "online", rev: "r" })).toEqual({
			kind: "presence",
			state: "online",
			rev: "r",
		});
		expect(read({ state: "offline", rev: "r", more: 1 })).toMatchObject({ kind: "presence" });
	});

	test("whatever has a msg_id is an answer", () => {
		expect(read({ msg_id: "m", state: "ok" })).toMatchObject({
			kind: "answer",
			msgId: "m",
			ok: true,
		});
		expect(read({ msg_id: "m", state: "online", rev: "r" })).toMatchObject({
			kind: "answer",
			ok: false,
		});
		expect(read({ msg_id: 5 })).toMatchObject({ kind: "answer", msgId: "5" });
	});

	test("a msg_id that is neither text nor a number makes the whole message void", () => {
		for (const msg_id of [{ toString: 1 }, { toString: {} }, {}, [], [1], ["m"], null, true]) {
			expect(read({ msg_id })).toBeUndefined();
			expect(read({ msg_id, state: "online", rev: "r" })).toBeUndefined();
		}
		expect(read('{"msg_id":{"toString":1,"valueOf":1}}')).toBeUndefined();
		expect(
			read('{"__proto__":{"msg_id":{"toString":1}},"state":"online","rev":"r"}'),
		).toMatchObject({
			kind: "presence",
		});
	});

	test("what is nested deeper than any device writes is ignored, not parsed into the log", () => {
		const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
		expect(read(`{"msg_id":"m","x":${deep}}`)).toBeUndefined();
		expect(read(`{"state":"online","rev":"r","x":${deep}}`)).toBeUndefined();
	});

	test("the rest is ignored", () => {
		for (const value of [
			"",
			"x",
			"[]",
			"1",
			"null",
			{ state: "online" },
			{ state: "up", rev: "r" },
			{ state: "online", rev: 1 },
		]) {
			expect(read(value)).toBeUndefined();
		}
		expect(readUplink(new Uint8Array([0xff]))).toBeUndefined();
	});
});
