// Every time limit of the tests. A machine may be slow; none of them is there to measure it.

/** Longest a test waits for something that has to happen. */
export const DEADLINE_MS = 30_000;
/** The same where an outage, a lease or a thousand devices take part. */
export const LONG_DEADLINE_MS = 60_000;
/** Longest a test or a hook may take: several deadlines, so that they are what names the trouble. */
export const TEST_MS = 180_000;
/** Longest a test of `test/endurance` may take, however long it was asked to last. */
export const ENDURANCE_MS = 4_000_000;

const POLL_MS = 10;

/** The promise's value, or a failure that says what was waited for. */
export function within<T>(promise: Promise<T>, what: string, ms = DEADLINE_MS): Promise<T> {
	const { promise: late, reject } = Promise.withResolvers<never>();
	const timer = setTimeout(() => reject(new Error(`Waited ${ms} ms for ${what}`)), ms);
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Looks again and again until it is so; fails with what was waited for, and what `seen` gives. */
export async function until(
	isSo: () => boolean | Promise<boolean>,
	what: string,
	{ ms = DEADLINE_MS, seen }: { ms?: number; seen?: () => string } = {},
): Promise<void> {
	const deadline = performance.now() + ms;
	while (!(await within(Promise.resolve(isSo()), what, ms))) {
		if (performance.now() > deadline) {
			throw new Error(`Waited ${ms} ms for ${what}${seen === undefined ? "" : `; ${seen()}`}`);
		}
		await Bun.sleep(POLL_MS);
	}
}

/** A queue of events that can be waited for one by one. */
export class Inbox<T> {
	readonly #items: T[] = [];
	#wake: (() => void) | undefined;

	/** What has arrived and not been taken. */
	get waiting(): readonly T[] {
		return this.#items;
	}

	add(item: T): void {
		this.#items.push(item);
		this.#wake?.();
	}

	/** Forgets what no one waits for. */
	clear(): void {
		this.#items.length = 0;
	}

	/** Takes the first item that fits, now or when it comes; others stay. */
	take(what: string, fits: (item: T) => boolean = () => true, ms = DEADLINE_MS): Promise<T> {
		return within(this.#take(fits), what, ms).catch((error: Error) => {
			throw new Error(`${error.message}; there is ${JSON.stringify(this.#items.slice(0, 5))}`);
		});
	}

	async #take(fits: (item: T) => boolean): Promise<T> {
		for (;;) {
			const index = this.#items.findIndex(fits);
			const [item] = index < 0 ? [] : this.#items.splice(index, 1);
			if (item !== undefined) return item;
			await new Promise<void>((resolve) => {
				const before = this.#wake;
				this.#wake = () => {
					before?.();
					resolve();
				};
			});
		}
	}
}
