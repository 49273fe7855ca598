import { expect, test } from "bun:test";
import { RequestPoll } from "../../../src/dataflow/python/request-poll.ts";

const MICROSECOND = 1000;

/** Requests that come at given times; a look takes a microsecond. */
class Requests {
	at = 0;
	looks = 0;
	waits = 0;
	/** What a step of polling takes, microseconds. */
	stepMicros = 1;
	readonly poll = new RequestPoll({
		now: () => this.at,
		recv: () => {
			this.looks += 1;
			this.at += this.stepMicros * MICROSECOND;
			return this.at >= this.#next ? this.size : -1;
		},
		wait: () => {
			this.waits += 1;
			this.at = Math.max(this.at, this.#next);
			return this.size;
		},
	});
	size = 10;
	#next = 0;

	/** Reads the next request, which comes after so many microseconds. */
	readAfter(micros: number): number {
		this.#next = this.at + micros * MICROSECOND;
		return this.poll.read();
	}
}

test("requests in quick succession are polled for once the first has come", () => {
	const requests = new Requests();
	for (let n = 0; n < 10; n++) expect(requests.readAfter(100)).toBe(10);
	expect(requests.waits).toBe(1);
	expect(requests.looks).toBe(900);
});

test("requests that come seldom cost no look but those after the last quick one", () => {
	const requests = new Requests();
	for (let n = 0; n < 100; n++) requests.readAfter(10_000);
	expect(requests.looks).toBe(0);
	requests.readAfter(100);
	requests.readAfter(10_000);
	expect(requests.looks).toBe(400);
	for (let n = 0; n < 100; n++) requests.readAfter(10_000);
	expect(requests.looks).toBe(400);
});

test("behind long work it sleeps, behind short work it polls again", () => {
	const requests = new Requests();
	for (let n = 0; n < 10; n++) {
		requests.readAfter(100);
		requests.at += 2000 * MICROSECOND;
	}
	expect(requests.looks).toBe(0);
	requests.readAfter(100);
	for (let n = 0; n < 10; n++) {
		requests.at += 500 * MICROSECOND;
		requests.readAfter(100);
	}
	expect(requests.looks).toBe(1000);
});

test("the end of the channel is left to the read that waits", () => {
	const requests = new Requests();
	requests.readAfter(1);
	requests.size = 0;
	expect(requests.readAfter(0)).toBe(0);
	expect(requests.waits).toBe(2);
});

test("beside others that want the processor it sleeps instead", () => {
	const requests = new Requests();
	requests.readAfter(100);
	requests.stepMicros = 1000;
	requests.readAfter(3000);
	expect(requests.looks).toBe(1);
	requests.stepMicros = 1;
	// 10 ms of pause.
	for (let n = 0; n < 50; n++) requests.readAfter(100);
	expect(requests.looks).toBe(1);
	for (let n = 0; n < 100; n++) requests.readAfter(100);
	expect(requests.looks).toBeGreaterThan(100);
});
