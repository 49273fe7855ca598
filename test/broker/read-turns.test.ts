import { describe, expect, test } from "bun:test";
import { ReadTurns } from "../../src/broker/read-turns.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const FAST = 8 << 10;
const SLOW = 1 << 10;

function build(maxBytes = 1 << 20) {
	const log: string[] = [];
	const state = { isHeld: false, wantsMore: true };
	const turns: ReadTurns = new ReadTurns({
		wire: { pause: () => log.push("pause"), resume: () => log.push("resume") },
		maxBytes,
		work: (data) => {
			log.push(data.length < 20 ? data.toString() : `${data.length}`);
			return state.wantsMore;
		},
		isHeld: () => state.isHeld,
		onOverflow: (bytes) => log.push(`overflow ${bytes}`),
		onEnd: () => log.push("end"),
	});
	return { turns, log, state };
}

describe("reading in turns", () => {
	test("little is worked on at once; much in slices, while the wire is paused", async () => {
		const { turns, log } = build();
		turns.receive(Buffer.from("little"));
		turns.receive(Buffer.alloc(2.5 * SLOW));
		turns.receive(Buffer.from("behind"));
		expect(log).toEqual(["little", "pause"]);
		for (let n = 0; n < 5; n++) await turn();
		expect(log).toEqual(["little", "pause", "1024", "1024", "512", "behind", "resume"]);
	});

	test("what takes the fast path gets longer turns", async () => {
		const { turns, log } = build();
		turns.paceBy(true);
		turns.receive(Buffer.alloc(FAST));
		turns.paceBy(false);
		turns.receive(Buffer.alloc(SLOW + 1));
		await turn();
		expect(log).toEqual([`${FAST}`, "pause", `${SLOW}`]);
	});

	test("nothing is worked on while it is held, and it goes on in order, what was put back first", async () => {
		const { turns, log, state } = build();
		state.isHeld = true;
		turns.receive(Buffer.from("two"));
		turns.putBack(Buffer.from("one"));
		turns.goOn();
		await turn();
		expect(log).toEqual(["pause"]);
		state.isHeld = false;
		turns.goOn();
		for (let n = 0; n < 3; n++) await turn();
		expect(log).toEqual(["pause", "one", "two", "resume"]);
	});

	test("a reader that wants no more pauses the wire until it goes on", () => {
		const { turns, log, state } = build();
		state.wantsMore = false;
		turns.receive(Buffer.from("a"));
		turns.pause();
		state.wantsMore = true;
		turns.goOn();
		turns.goOn();
		expect(log).toEqual(["a", "pause", "resume"]);
	});

	test("the end comes a turn after everything has been worked on", async () => {
		const { turns, log, state } = build();
		state.isHeld = true;
		turns.receive(Buffer.from("last"));
		turns.inputEnded();
		await turn();
		expect(log).toEqual(["pause"]);
		state.isHeld = false;
		turns.goOn();
		for (let n = 0; n < 4; n++) await turn();
		expect(log).toEqual(["pause", "last", "resume", "end"]);
	});

	test("more than may wait is reported, and a closed one works on nothing", async () => {
		const { turns, log } = build(2000);
		turns.receive(Buffer.alloc(1500));
		turns.receive(Buffer.alloc(1500));
		turns.close();
		turns.goOn();
		await turn();
		expect(log).toEqual(["pause", "overflow 3000"]);
	});
});
