import { beforeEach, describe, expect, test } from "bun:test";
import { DescriptorWatch } from "../../src/daemon/descriptor-watch.ts";
import { roomForClients, Spare } from "../../src/daemon/descriptors.ts";
import { listenedLog } from "../support/log.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** Descriptors of a system that has so many left. */
class FewDescriptors {
	left = 1000;
	held = 0;

	fill(count: number): boolean {
		const more = Math.min(count - this.held, this.left);
		this.held += more;
		this.left -= more;
		return this.held >= count;
	}

	keep(count: number): void {
		this.left += this.held - count;
		this.held = count;
	}
}

class Gate {
	isOpen = true;
	trouble = false;
	changes = 0;

	pause(): void {
		this.isOpen = false;
		this.changes += 1;
	}

	resume(): void {
		if (this.trouble) throw new Error("the port is in use");
		this.isOpen = true;
	}
}

let clock: ManualClock;
let spare: FewDescriptors;
let gate: Gate;
let logged: ReturnType<typeof listenedLog>;
let watch: DescriptorWatch;

beforeEach(() => {
	clock = new ManualClock();
	spare = new FewDescriptors();
	gate = new Gate();
	logged = listenedLog();
	watch = new DescriptorWatch({ entrances: [gate], spare, limit: 200, clock, log: logged.log });
	watch.start();
});

const errors = () => logged.lines.waiting.filter((line) => line.includes('"error"'));

describe("descriptor watch", () => {
	test("keeps some descriptors, and lets connections in while there are others", () => {
		clock.move(10_000);
		expect([gate.isOpen, gate.changes, watch.problem]).toEqual([true, 0, undefined]);
		expect(spare.held).toBe(16);
	});

	test("without any left it takes no connections, gives up what it kept, and says so once", () => {
		spare.left = 0;
		clock.move(500);
		expect([gate.isOpen, spare.held, spare.left]).toEqual([false, 0, 16]);
		expect(watch.problem).toContain("out of file descriptors (limit 200)");
		clock.move(600_000);
		expect(errors()).toHaveLength(1);
		expect(gate.changes).toBe(1);
	});

	test("takes connections again when there is room for some, not for one alone", () => {
		spare.left = 0;
		clock.move(500);
		spare.left = 20;
		clock.move(10_000);
		expect([gate.isOpen, spare.held]).toEqual([false, 0]);
		spare.left = 100;
		clock.move(500);
		expect([gate.isOpen, watch.problem, spare.held]).toEqual([true, undefined, 16]);
	});

	test("a flood that comes back each time is let in more and more rarely, and said once", () => {
		gate.resume = () => {
			gate.isOpen = true;
			spare.left = 0;
		};
		spare.left = 0;
		const everFree = () => {
			if (!gate.isOpen) spare.left = 200;
		};
		for (let n = 0; n < 1200; n++) {
			clock.move(500);
			everFree();
		}
		expect(gate.changes).toBeLessThan(18);
		expect(errors()).toHaveLength(1);
	});

	test("a port that another program took meanwhile is tried again", () => {
		spare.left = 0;
		clock.move(500);
		spare.left = 200;
		gate.trouble = true;
		clock.move(2000);
		expect([gate.isOpen, watch.problem === undefined]).toEqual([false, false]);
		gate.trouble = false;
		clock.move(2000);
		expect([gate.isOpen, watch.problem]).toEqual([true, undefined]);
	});

	test("gives everything back when it stops", () => {
		watch.stop();
		expect([spare.held, clock.planned]).toEqual([0, 0]);
	});
});

test("spare descriptors are real ones, and are given back", () => {
	const real = new Spare();
	expect(real.fill(20)).toBe(true);
	real.keep(3);
	expect(real.fill(5)).toBe(true);
	real.keep(0);
});

test.each([
	[10_000, undefined, 10_000],
	[10_000, 65_536, 10_000],
	[10_000, 1024, 960],
	[100, 1024, 100],
	[10_000, 40, 20],
])("of %p clients with %p descriptors there is room for %p", (wanted, limit, room) => {
	expect(roomForClients(wanted, limit)).toBe(room);
});
