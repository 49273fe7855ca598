import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

/** A value that came for an output; each is a new object. */
export interface Received {
	readonly value: unknown;
}

/** Which features of a device are linked, and their newest values. */
export class LinkedFeatures {
	readonly #names = signal<ReadonlySet<string>>(new Set());
	readonly #received = new Map<string, Signal<Received | undefined>>();
	/** By input: what it was last, for a link that is made later. */
	readonly #last = new Map<string, unknown>();
	readonly #onLinked: (feature: string, last: unknown) => void;

	/** @param onLinked An input is linked that had a value before. */
	constructor(onLinked: (feature: string, last: unknown) => void) {
		this.#onLinked = onLinked;
	}

	get names(): ReadonlySignal<ReadonlySet<string>> {
		return this.#names;
	}

	isLinked(feature: string): boolean {
		return this.#names.peek().has(feature);
	}

	/** Notes what an input is now. */
	note(feature: string, values: unknown): void {
		this.#last.set(feature, values);
	}

	/** Values that come for an output, the newest. */
	received(feature: string): ReadonlySignal<Received | undefined> {
		return this.#receivedOf(feature);
	}

	/** Takes what a stream says when it begins. @param connected Names of linked features. */
	begin(connected: unknown): void {
		const features = Array.isArray(connected) ? connected.map(String) : [];
		const known = this.#names.peek();
		this.#names.value = new Set(features);
		for (const feature of features) if (!known.has(feature)) this.#sendLast(feature);
	}

	/** Takes an event of the stream; others are left. */
	take(name: string, data: unknown): void {
		if (name === "connect" && typeof data === "string") {
			this.#names.value = new Set([...this.#names.peek(), data]);
			this.#sendLast(data);
		} else if (name === "disconnect") {
			const left = new Set(this.#names.peek());
			left.delete(String(data));
			this.#names.value = left;
		} else if (name === "data" && Array.isArray(data)) {
			this.#receivedOf(String(data[0])).value = { value: data[1] };
		}
	}

	#sendLast(feature: string): void {
		const last = this.#last.get(feature);
		if (last !== undefined) this.#onLinked(feature, last);
	}

	#receivedOf(feature: string): Signal<Received | undefined> {
		let received = this.#received.get(feature);
		if (received === undefined) {
			received = signal(undefined);
			this.#received.set(feature, received);
		}
		return received;
	}
}
