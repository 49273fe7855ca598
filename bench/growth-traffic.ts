// Messages that are counted: so many are sent, at most so many are on their way, and all have to arrive.
import { within } from "../test/support/waiting.ts";
import { type Connection, type OnPacket, open, subscription, write } from "./load-connection.ts";

const PUBLISH = 3;
const SUBACK = 9;
const FILTERS_AT_ONCE = 100;
const GIVE_UP_MS = 600_000;

export interface Course {
	/** The bytes of a message. @param n Its number, from 0. */
	readonly frame: (n: number) => Buffer;
	readonly count: number;
	/** Messages that are on their way at most. */
	readonly window: number;
}

/** A connection that publishes, and some that hear what comes of it. */
export class Traffic {
	readonly #publisher: Connection;
	readonly #readers: Connection[] = [];
	#heard = 0;
	#onHeard = () => {};
	/** The payload that came last. */
	last: Buffer = Buffer.alloc(0);

	private constructor(publisher: Connection) {
		this.#publisher = publisher;
	}

	/** @param filters Those of each reader. */
	static async open(port: number, filters: readonly (readonly string[])[]): Promise<Traffic> {
		const publisher = await open(
			{ port },
			`growth-${process.pid}-pub`,
			() => {},
			() => {},
		);
		const traffic = new Traffic(publisher);
		for (const [n, own] of filters.entries()) await traffic.#addReader(port, n, own);
		return traffic;
	}

	async #addReader(port: number, n: number, filters: readonly string[]): Promise<void> {
		const subscribed = Promise.withResolvers<void>();
		let left = filters.length;
		const onPacket: OnPacket = (first, data, start, end) => {
			if (first >> 4 === PUBLISH) {
				const topicLength = ((data[start] ?? 0) << 8) | (data[start + 1] ?? 0);
				this.last = Buffer.from(data.subarray(start + 2 + topicLength, end));
				this.#heard += 1;
			}
			if (first >> 4 !== SUBACK) return;
			if (data.subarray(start + 2, end).some((code) => code > 2)) {
				subscribed.reject(new Error("a subscription was refused"));
			}
			left -= end - start - 2;
			if (left === 0) subscribed.resolve();
		};
		const name = `growth-${process.pid}-${n}`;
		const connection = await open({ port }, name, onPacket, () => this.#onHeard());
		for (let at = 0; at < filters.length; at += FILTERS_AT_ONCE) {
			const some = filters.slice(at, at + FILTERS_AT_ONCE);
			write(connection, subscription(some, at / FILTERS_AT_ONCE + 1, 0));
		}
		this.#readers.push(connection);
		await within(subscribed.promise, "the subscriptions", GIVE_UP_MS);
	}

	/**
	 * Sends messages; resolves when all have arrived.
	 * @param copies Readers that hear each of them.
	 */
	async run({ frame, count, window }: Course, copies = 1): Promise<void> {
		const done = Promise.withResolvers<void>();
		this.#heard = 0;
		let sent = 0;
		this.#onHeard = () => {
			const until = Math.min(count, Math.floor(this.#heard / copies) + window);
			if (sent < until) {
				const frames = Array.from({ length: until - sent }, (_, n) => frame(sent + n));
				sent = until;
				write(this.#publisher, Buffer.concat(frames));
			}
			if (this.#heard >= count * copies) done.resolve();
		};
		this.#onHeard();
		const what = `${count} messages`;
		await within(done.promise, what, GIVE_UP_MS).catch((error: Error) => {
			throw new Error(`${error.message}, of which ${Math.floor(this.#heard / copies)} came`);
		});
		this.#onHeard = () => {};
	}

	close(): void {
		for (const { socket } of [this.#publisher, ...this.#readers]) socket.terminate();
	}
}
