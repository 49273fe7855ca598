import { LONGEST_TIMEOUT_MS } from "../../timers.ts";

/** What is stored of a device's presence. */
export interface StoredPresence {
	/** How long it has been away while a server ran; 0 while it is there. */
	readonly awaySeconds: number;
	/** Whether it counts as online. */
	readonly isOnline: boolean;
}

export interface ExpiryOptions {
	/** A device away for so long is expired (`csm.md §2.6`). */
	expirationSeconds: number;
	/** Called when it is. */
	onExpired: (id: string) => void;
	isOnline: (id: string) => boolean;
	/** @returns whether it was stored; what was not is offered again. */
	save: (changes: ReadonlyMap<string, StoredPresence>) => Promise<boolean>;
	/** Monotonic time in milliseconds: a machine's clock may be days off when it boots, and jump. */
	now?: () => number;
}

interface Absence {
	/** Time away before {@link since}. */
	awayMs: number;
	/** When the clock was started, monotonic; null while it stands. */
	since: number | null;
	saved: StoredPresence;
	timer: Timer | undefined;
}

/**
 * Counts how long devices are away, and tells when it is too long. Only time during which a server runs
 * counts, by the monotonic clock. A restart does not start the count over, but presence is not written to
 * disk at every change either: a checkpoint each hundredth of the expiration is how far the count may be off
 * after a crash.
 */
export class Expiry {
	readonly #options: ExpiryOptions;
	readonly #now: () => number;
	readonly #absences = new Map<string, Absence>();
	#checkpoint: Timer | undefined;

	constructor(options: ExpiryOptions) {
		this.#options = options;
		this.#now = options.now ?? (() => performance.now());
	}

	start(): void {
		const everyMs = Math.min(Math.max(1000, this.#graceMs), LONGEST_TIMEOUT_MS);
		this.#checkpoint = setInterval(() => void this.#save(), everyMs);
	}

	/** Ends all timers and stores what is not stored yet. */
	async stop(): Promise<void> {
		clearInterval(this.#checkpoint);
		for (const { timer } of this.#absences.values()) clearTimeout(timer);
		await this.#save();
	}

	/** Takes a device over as it is stored; its clock goes on, also if it counts as online until it is confirmed. */
	restore(id: string, { awaySeconds, isOnline }: StoredPresence): void {
		this.forget(id);
		const saved = { awaySeconds, isOnline };
		this.#absences.set(id, { awayMs: awaySeconds * 1000, since: null, saved, timer: undefined });
		this.away(id);
	}

	/** A registration was stored: its device is away from now on. */
	registered(id: string): void {
		this.restore(id, { awaySeconds: 0, isOnline: false });
	}

	/** The device is away: its clock runs, if it does not already. */
	away(id: string): void {
		const absence = this.#absences.get(id);
		if (absence === undefined || absence.since !== null) return;
		absence.since = this.#now();
		// After a start every device gets a little time to come back.
		const leftMs = this.#expirationMs - absence.awayMs;
		this.#wait(id, absence, Math.max(leftMs, this.#graceMs));
	}

	/** Tells once more that the device is expired, a hundredth of the expiration from now. */
	again(id: string): void {
		const absence = this.#absences.get(id);
		if (absence === undefined || absence.since === null) return;
		clearTimeout(absence.timer);
		this.#wait(id, absence, this.#graceMs);
	}

	/** The device is there: its clock stands, at the beginning. */
	back(id: string): void {
		const absence = this.#absences.get(id);
		if (absence === undefined) return;
		clearTimeout(absence.timer);
		absence.since = null;
		absence.awayMs = 0;
	}

	/** What to store of a device with its next registration. */
	presenceOf(id: string): StoredPresence {
		const absence = this.#absences.get(id);
		return { awaySeconds: this.#awaySeconds(absence), isOnline: this.#options.isOnline(id) };
	}

	forget(id: string): void {
		clearTimeout(this.#absences.get(id)?.timer);
		this.#absences.delete(id);
	}

	get #expirationMs(): number {
		return this.#options.expirationSeconds * 1000;
	}

	get #graceMs(): number {
		return this.#expirationMs / 100;
	}

	#awaySeconds(absence: Absence | undefined): number {
		if (absence === undefined || absence.since === null) return 0;
		return (absence.awayMs + this.#now() - absence.since) / 1000;
	}

	#wait(id: string, absence: Absence, leftMs: number): void {
		const until = this.#now() + leftMs;
		const turnMs = Math.min(leftMs, LONGEST_TIMEOUT_MS);
		absence.timer = setTimeout(() => {
			const stillMs = until - this.#now();
			if (stillMs > 0) this.#wait(id, absence, stillMs);
			else this.#options.onExpired(id);
		}, turnMs);
	}

	async #save(): Promise<void> {
		const changes = new Map<string, StoredPresence>();
		for (const [id, { saved }] of this.#absences) {
			const presence = this.presenceOf(id);
			const isSame =
				presence.awaySeconds === saved.awaySeconds && presence.isOnline === saved.isOnline;
			if (!isSame) changes.set(id, presence);
		}
		if (changes.size === 0 || !(await this.#options.save(changes))) return;
		for (const [id, presence] of changes) {
			const absence = this.#absences.get(id);
			if (absence !== undefined) absence.saved = presence;
		}
	}
}
