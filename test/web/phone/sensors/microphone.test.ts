import { expect, test } from "bun:test";
import { levelOf, Microphone } from "../../../../src/web/phone/sensors/microphone.ts";

const wave = (height: number) =>
	Array.from({ length: 256 }, (_, index) => 128 + height * (index % 2 === 0 ? 1 : -1));

test("levels go from silence to the loudest, in decibels", () => {
	expect([levelOf(wave(0)), levelOf(wave(128)), levelOf([])]).toEqual([0, 1, 0]);
	// Half the height is 6 of 60 decibels less.
	expect(levelOf(wave(64))).toBe(0.9);
	expect(levelOf(wave(0.01))).toBe(0);
});

test("a refusal leaves nothing open: browsers bear few of these at once", async () => {
	let open = 0;
	class Context {
		constructor() {
			open += 1;
		}
		async close() {
			open -= 1;
		}
	}
	const mediaDevices = { getUserMedia: () => Promise.reject(new Error("no")) };
	const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
	Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
	Object.assign(globalThis, { AudioContext: Context, isSecureContext: true });
	try {
		const microphone = new Microphone();
		for (let n = 0; n < 3; n++) await microphone.start();
		expect([microphone.state.value, open]).toEqual(["denied", 0]);
	} finally {
		if (before !== undefined) Object.defineProperty(globalThis, "navigator", before);
		for (const name of ["AudioContext", "isSecureContext"])
			Reflect.deleteProperty(globalThis, name);
	}
});
