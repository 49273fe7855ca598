export interface ExpiryOptions {
	/** A device away for so long is expired (`csm.md §2.6`). */
	expirationSeconds: number;
	/** Called when it is. */
	onExpired: (id: string) => void;
	/** Stores since when devices are away: Unix seconds, null = they are not. */
	save: (absences: ReadonlyMap<string, number | null>) => Promise<void>;
}

interface Absence {
	/** Unix seconds; null while the device is there. */
	since: number | null;
	/** What the database says. */
	saved: number | null;
	timer: Timer | undefined;
}

/** Unix time in seconds. */
export function now(): number {
	return Date.now() / 1000;
}

/**
 * Knows since when devices are away, and for how much longer they may be. A restart does not start
 * the clock over, but presence is not written to disk at every change either: a checkpoint each
 * hundredth of the expiration is how far the clock may be off after a crash.
 */
export class Expiry {
	readonly #options: ExpiryOptions;
	readonly #absences = new Map<string, Absence>();
	#checkpoint: Timer | undefined;

	constructor(options: ExpiryOptions) {
		this.#options = options;
	}

	start(): void {
		const everyMs = Math.max(1000, this.#graceSeconds * 1000);
		this.#checkpoint = setInterval(() => void this.#save(), everyMs);
	}

	/** Ends all timers and stores what is not stored yet. */
	async stop(): Promise<void> {
		clearInterval(this.#checkpoint);
		for (const { timer } of this.#absences.values()) clearTimeout(timer);
		await this.#save();
	}

	/** Takes a stored device over: away since then, or, if it was there, since now. */
	restore(id: string, saved: number | null): void {
		this.#enter(id, saved);
		this.away(id, saved ?? now());
	}

	/** A registration was stored with the device away since that time. */
	registered(id: string, since: number): void {
		this.#enter(id, since);
		this.away(id, since);
	}

	/** The device went away: its clock runs. */
	away(id: string, since = now()): void {
		const absence = this.#absences.get(id);
		if (absence === undefined) return;
		clearTimeout(absence.timer);
		absence.since = since;
		// After a start every device gets a little time to come back.
		const left = Math.max(since + this.#options.expirationSeconds - now(), this.#graceSeconds);
		absence.timer = setTimeout(() => this.#options.onExpired(id), left * 1000);
	}

	/** The device is there: its clock stands. */
	back(id: string): void {
		const absence = this.#absences.get(id);
		if (absence === undefined) return;
		clearTimeout(absence.timer);
		absence.since = null;
	}

	/** Since when the device is away; null when it is there. */
	since(id: string): number | null {
		return this.#absences.get(id)?.since ?? null;
	}

	forget(id: string): void {
		clearTimeout(this.#absences.get(id)?.timer);
		this.#absences.delete(id);
	}

	get #graceSeconds(): number {
		return this.#options.expirationSeconds / 100;
	}

	#enter(id: string, saved: number | null): void {
		clearTimeout(this.#absences.get(id)?.timer);
		this.#absences.set(id, { since: saved, saved, timer: undefined });
	}

	async #save(): Promise<void> {
		const changed = [...this.#absences].filter(([, { since, saved }]) => since !== saved);
		if (changed.length === 0) return;
		for (const [, absence] of changed) absence.saved = absence.since;
		await this.#options.save(new Map(changed.map(([id, { since }]) => [id, since])));
	}
}
