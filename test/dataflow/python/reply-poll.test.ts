import { expect, test } from "bun:test";
import { ReplyPoll } from "../../../src/dataflow/python/reply-poll.ts";

const MICROSECOND = 1000;

/** An engine that answers after some time; a look takes a microsecond. */
class Answers {
	at = 0;
	looks = 0;
	/** What {@link ReplyPoll.look} finds when the answer is there. */
	size = 20;
	#due = 0;
	readonly #poll = new ReplyPoll({
		now: () => this.at,
		recv: () => {
			this.looks += 1;
			this.at += MICROSECOND;
			return this.at >= this.#due ? this.size : -1;
		},
	});

	/** Looks for an answer that comes after so many microseconds. */
	lookFor(micros: number): number {
		this.#due = this.at + micros * MICROSECOND;
		const size = this.#poll.look();
		this.at = Math.max(this.at, this.#due);
		return size;
	}
}

test("answers that come at once are found once one in sixteen has been looked for", () => {
	const answers = new Answers();
	const found = Array.from({ length: 30 }, () => answers.lookFor(20));
	expect(found.slice(0, 15)).toEqual(Array(15).fill(0));
	expect(found.slice(15)).toEqual(Array(15).fill(20));
});

test("for answers that take long one look of 60 µs in sixteen requests is all that is spent", () => {
	const answers = new Answers();
	for (let n = 0; n < 1600; n++) expect(answers.lookFor(5000)).toBe(0);
	expect(answers.looks).toBe(100 * 60);
});

test("after good answers a few late ones are forgiven", () => {
	const answers = new Answers();
	for (let n = 0; n < 20; n++) answers.lookFor(20);
	for (let n = 0; n < 5; n++) expect(answers.lookFor(5000)).toBe(0);
	expect(answers.lookFor(20)).toBe(20);
});

test("the end of the channel is not taken for an answer", () => {
	const answers = new Answers();
	answers.size = 0;
	for (let n = 0; n < 40; n++) expect(answers.lookFor(0)).toBe(0);
	expect(answers.looks).toBe(2);
});
