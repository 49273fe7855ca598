import type { ReadonlySignal } from "@preact/signals";
import type { FailureView, Join, ProjectDocument, ValueView } from "../../../contract/mod.ts";
import type { PageClock } from "./deps.ts";
import { Keyed } from "./keyed.ts";
import type { Failure, Sample, WireValue } from "./open-project.ts";

/** Values a sparkline shows. */
const MAX_NUMBERS = 20;
/** A place works again when something has come through so long after its last failure. */
export const WORKS_AFTER_MS = 2000;

/** A value of a stream's first event says how long ago it came. */
type AgedValue = ValueView & { readonly age_ms?: number };

type Hear = (samples: readonly Sample[]) => void;

/** What the wires of a project carry, and what fails on them; one signal for each. */
export class WireValues {
	readonly #clock: PageClock;
	readonly #values = new Keyed<WireValue>();
	readonly #failures = new Keyed<Failure>();
	/** Keys of places that fail. */
	readonly #failing = new Set<string>();
	readonly #hearers = new Map<number, Set<Hear>>();

	constructor(clock: PageClock) {
		this.#clock = clock;
	}

	valueOf(naId: number, dfoId: number | null): ReadonlySignal<WireValue | undefined> {
		return this.#values.of(keyOf(naId, dfoId));
	}

	failureOf(naId: number, dfoId: number | null): ReadonlySignal<Failure | undefined> {
		return this.#failures.of(keyOf(naId, dfoId));
	}

	onSamples(naId: number, hear: Hear): () => void {
		const hearers = this.#hearers.get(naId) ?? new Set();
		this.#hearers.set(naId, hearers.add(hear));
		return () => {
			hearers.delete(hear);
			if (hearers.size === 0) this.#hearers.delete(naId);
		};
	}

	/** A new stream begins: what is not among its values is not known any more. */
	begin(values: readonly AgedValue[]): void {
		const keys = new Set(values.map(({ na_id, dfo_id }) => keyOf(na_id, dfo_id)));
		this.#values.keep((key) => keys.has(key));
		this.forgetFailures();
		this.#note(values);
	}

	take(values: readonly ValueView[]): void {
		this.#note(values);
		if (this.#hearers.size === 0) return;
		const at = this.#clock.date();
		for (const [naId, own] of Map.groupBy(values, ({ na_id }) => na_id)) {
			const samples = own.map(({ dfo_id, value, input, seat }) => ({
				...{ at, naId, dfoId: dfo_id, value },
				...(seat !== undefined && { seat }),
				...(input !== undefined && { input }),
			}));
			for (const hear of this.#hearers.get(naId) ?? []) hear(samples);
		}
	}

	/** @returns those whose place did not fail before. */
	fail(failures: readonly FailureView[]): FailureView[] {
		return failures.filter((failure) => {
			const key = keyOf(failure.na_id, failure.dfo_id);
			const before = this.#failures.get(key);
			const count = (before?.count ?? 0) + 1;
			const seats = new Set(before?.seats);
			if (failure.seat !== undefined) seats.add(failure.seat);
			this.#failures.set(key, { ...failure, at: this.#clock.now(), count, seats: [...seats] });
			this.#failing.add(key);
			return before === undefined || before.reason !== failure.reason;
		});
	}

	forgetFailures(): void {
		for (const key of this.#failing) this.#failures.set(key, undefined);
		this.#failing.clear();
	}

	/** Forgets what is not in the document. */
	keep({ joins }: ProjectDocument): void {
		const keys = new Set(joins.flatMap(keysOf));
		this.#values.keep((key) => keys.has(key));
		this.#failures.keep((key) => keys.has(key));
		for (const key of this.#failing) if (!keys.has(key)) this.#failing.delete(key);
	}

	#note(values: readonly AgedValue[]): void {
		const now = this.#clock.now();
		for (const { na_id, dfo_id, value, input, age_ms = 0 } of values) {
			const at = now - age_ms;
			const key = keyOf(na_id, dfo_id);
			const number = firstNumber(value);
			const before = this.#values.get(key)?.numbers ?? [];
			const numbers = number === undefined ? before : [...before.slice(1 - MAX_NUMBERS), number];
			this.#values.set(key, { value, at, numbers, ...(input !== undefined && { input }) });
			const failedAt = this.#failing.has(key) ? this.#failures.get(key)?.at : undefined;
			if (failedAt === undefined || at - failedAt < WORKS_AFTER_MS) continue;
			this.#failures.set(key, undefined);
			this.#failing.delete(key);
		}
	}
}

function keyOf(naId: number, dfoId: number | null): string {
	return `${naId}/${dfoId ?? "join"}`;
}

function keysOf({ na_id, links }: Join): string[] {
	return [keyOf(na_id, null), ...links.map(({ dfo_id }) => keyOf(na_id, dfo_id))];
}

/** Of `21.5` or `[21.5, "C"]`; undefined where there is none at the start. */
export function firstNumber(json: string): number | undefined {
	const found = /^[[\s]*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(json);
	return found === null ? undefined : Number(found[1]);
}
