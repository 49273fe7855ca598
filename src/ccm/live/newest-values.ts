import type { FailureView, ValueView } from "../../contract/mod.ts";

/** Failures of one join that are told in a second. */
const MAX_FAILURES = 5;
const WINDOW_MS = 1000;

/** Members of a crowd of which a wire's values are told at once; the others follow the next time. */
const MAX_MEMBERS = 4;

interface Window {
	readonly beganAt: number;
	count: number;
}

/** The newest value of each wire, of a crowd of each of its members, and the failures that may be told. */
export class NewestValues {
	readonly #now: () => number;
	readonly #values = new Map<string, { readonly value: ValueView; readonly at: number }>();
	/** Those that are not told yet, by wire and by seat, in the order in which they are to be told. */
	readonly #fresh = new Map<
		string,
		Map<number | undefined, { readonly value: ValueView; readonly order: number }>
	>();
	/** Counts what was added together. */
	#order = 0;
	#failures: FailureView[] = [];
	readonly #windows = new Map<number, Window>();

	/** @param now Milliseconds of a monotonic clock. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/** Of all wires, told or not, with their age. */
	get all(): ValueView[] {
		const now = this.#now();
		return [...this.#values.values()].map(({ value, at }) => {
			const age_ms = Math.round(now - at);
			return age_ms > 0 ? { ...value, age_ms } : value;
		});
	}

	add(values: readonly ValueView[]): void {
		const at = this.#now();
		this.#order += 1;
		for (const value of values) {
			const key = `${value.na_id} ${value.dfo_id}`;
			this.#values.set(key, { value, at });
			const waiting = this.#fresh.get(key) ?? new Map();
			// A member that sends more often than others is not told more often.
			this.#fresh.set(key, waiting.set(value.seat, { value, order: this.#order }));
		}
	}

	/** Adds those that are different from what is known: it is not said when they came. */
	addChanged(values: readonly ValueView[]): void {
		const keyOf = ({ na_id, dfo_id }: ValueView) => `${na_id} ${dfo_id}`;
		this.add(values.filter((one) => this.#values.get(keyOf(one))?.value.value !== one.value));
	}

	/** What is too much in a second is left out. */
	addFailure(failure: FailureView): void {
		const now = this.#now();
		const last = this.#windows.get(failure.na_id);
		const isNew = last === undefined || now - last.beganAt >= WINDOW_MS;
		const window = isNew ? { beganAt: now, count: 0 } : last;
		this.#windows.set(failure.na_id, window);
		if (window.count >= MAX_FAILURES) return;
		window.count += 1;
		this.#failures.push(failure);
	}

	/** Values since the last call; of a wire one, or one each of some members of a crowd. What came together is together. */
	take(): ValueView[] {
		const taken = [...this.#fresh].flatMap(([key, waiting]) => {
			const first = [...waiting].slice(0, MAX_MEMBERS);
			for (const [seat] of first) waiting.delete(seat);
			if (waiting.size === 0) this.#fresh.delete(key);
			return first.map(([, one]) => one);
		});
		return taken.sort((a, b) => a.order - b.order).map(({ value }) => value);
	}

	/** Failures since the last call. */
	takeFailures(): FailureView[] {
		return this.#failures.splice(0);
	}

	/** Forgets wires that are gone. @param isThere Whether a join has a feature; null: whether there is the join. */
	keep(isThere: (naId: number, dfoId: number | null) => boolean): void {
		for (const [key, { value }] of this.#values) {
			const { na_id, dfo_id } = value;
			if (isThere(na_id, dfo_id)) continue;
			this.#values.delete(key);
			this.#fresh.delete(key);
		}
		for (const na_id of this.#windows.keys()) {
			if (!isThere(na_id, null)) this.#windows.delete(na_id);
		}
	}
}
