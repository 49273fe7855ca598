import { type Cancel, type Clock, LONGEST_TIMEOUT_MS } from "../../kit/mod.ts";
import { WaitingCalls } from "./waiting-calls.ts";

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
	/** Presence that changed is stored so much later, all of that time together. */
	saveSeconds: number;
	/** Called when it is. */
	onExpired: (id: string) => void;
	isOnline: (id: string) => boolean;
	/** @returns whether it was stored; what was not is offered again. */
	save: (changes: ReadonlyMap<string, StoredPresence>) => Promise<boolean>;
	/** Monotonic: a machine's clock may be days off when it boots, and jump. */
	clock: Clock;
}

interface Absence {
	/** Time away before {@link since}. */
	awayMs: number;
	/** When the clock was started, monotonic; null while it stands. */
	since: number | null;
	saved: StoredPresence;
	/** How many writes of it are in flight. */
	saves: number;
	cancel: Cancel | undefined;
}

/** While a disk fails it is tried at least so often. */
const MOST_WAIT_S = 60;
/** The same where messages wait for it. */
const MOST_WAIT_FOR_S = 1;

/**
 * Counts how long devices are away, and tells when it is too long. Only time during which a server runs
 * counts, by the monotonic clock. A restart does not start the count over, but it is not written to disk all
 * the time either: a checkpoint each hundredth of the expiration is how far it may be off after a crash. Which
 * devices are online is stored soon after it changes, since after a crash that decides which may come back.
 */
export class Expiry {
	readonly #options: ExpiryOptions;
	readonly #absences = new Map<string, Absence>();
	/** For it to be stored whether a device is there. */
	readonly #waiting = new WaitingCalls();
	#cancelCheckpoint: Cancel | undefined;
	/** Devices that came or went since the last write. */
	#changed = new Set<string>();
	#cancelSoon: Cancel | undefined;
	#failures = 0;
	#isStopped = false;

	constructor(options: ExpiryOptions) {
		this.#options = options;
	}

	start(): void {
		const everyMs = Math.min(Math.max(1000, this.#graceMs), LONGEST_TIMEOUT_MS);
		this.#cancelCheckpoint = this.#options.clock.after(everyMs, () => {
			void this.#save(this.#absences.keys());
			this.start();
		});
	}

	/** Ends all timers and stores what is not stored yet. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#cancelCheckpoint?.();
		this.#cancelSoon?.();
		for (const { cancel } of this.#absences.values()) cancel?.();
		await this.#save(this.#absences.keys());
	}

	/** Takes a device over as it is stored; its clock goes on, also if it counts as online until it is confirmed. */
	restore(id: string, { awaySeconds, isOnline }: StoredPresence): void {
		this.forget(id);
		const saved = { awaySeconds, isOnline };
		const awayMs = awaySeconds * 1000;
		this.#absences.set(id, { awayMs, since: null, saved, saves: 0, cancel: undefined });
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
		absence.since = this.#options.clock.now();
		this.#saveSoon(id);
		// After a start every device gets a little time to come back.
		const leftMs = this.#expirationMs - absence.awayMs;
		this.#wait(id, absence, Math.max(leftMs, this.#graceMs));
	}

	/** Tells once more that the device is expired, a hundredth of the expiration from now. */
	again(id: string): void {
		const absence = this.#absences.get(id);
		if (absence === undefined || absence.since === null) return;
		absence.cancel?.();
		this.#wait(id, absence, this.#graceMs);
	}

	/** The device is there: its clock stands, at the beginning. */
	back(id: string): void {
		const absence = this.#absences.get(id);
		if (absence === undefined) return;
		absence.cancel?.();
		absence.since = null;
		absence.awayMs = 0;
		this.#saveSoon(id);
	}

	/** What to store of a device with its next registration. */
	presenceOf(id: string): StoredPresence {
		const absence = this.#absences.get(id);
		return { awaySeconds: this.#awaySeconds(absence), isOnline: this.#options.isOnline(id) };
	}

	/** Calls once it is stored whether a device is there: at once where it is, or where nothing is counted of it. */
	whenStored(id: string, call: () => void): void {
		const absence = this.#absences.get(id);
		if (absence === undefined || this.#isStored(id, absence)) {
			call();
			return;
		}
		this.#waiting.add(id, call);
		this.#saveSoon(id);
	}

	/** Nothing is counted of a device any more; who waits for it waits in vain. */
	forget(id: string): void {
		this.#absences.get(id)?.cancel?.();
		this.#absences.delete(id);
		this.#waiting.tell(id);
	}

	/** Another server counts from now on how long devices are away; unless they are lost, it finds all that is known. */
	async leave(ids: readonly string[], isLost: boolean): Promise<void> {
		if (!isLost) await this.#save(ids);
		for (const id of ids) this.forget(id);
	}

	get #expirationMs(): number {
		return this.#options.expirationSeconds * 1000;
	}

	get #graceMs(): number {
		return this.#expirationMs / 100;
	}

	#awaySeconds(absence: Absence | undefined): number {
		if (absence === undefined || absence.since === null) return 0;
		return (absence.awayMs + this.#options.clock.now() - absence.since) / 1000;
	}

	#wait(id: string, absence: Absence, leftMs: number): void {
		const until = this.#options.clock.now() + leftMs;
		const turnMs = Math.min(leftMs, LONGEST_TIMEOUT_MS);
		absence.cancel = this.#options.clock.after(turnMs, () => {
			const stillMs = until - this.#options.clock.now();
			if (stillMs > 0) this.#wait(id, absence, stillMs);
			else this.#options.onExpired(id);
		});
	}

	#isStored(id: string, { saved, saves }: Absence): boolean {
		return saves === 0 && saved.isOnline === this.#options.isOnline(id);
	}

	/** Tells those who wait for what is stored by now. @returns the devices of the others. */
	#settle(ids: readonly string[]): string[] {
		return ids.filter((id) => {
			const absence = this.#absences.get(id);
			if (absence === undefined || !this.#waiting.has(id)) return false;
			if (!this.#isStored(id, absence)) return true;
			this.#waiting.tell(id);
			return false;
		});
	}

	/** A device may have come or gone; a disk that fails is tried less and less often, at least once a minute. */
	#saveSoon(...ids: string[]): void {
		for (const id of ids) this.#changed.add(id);
		if (this.#cancelSoon !== undefined || this.#isStopped || this.#changed.size === 0) return;
		const waitSeconds = this.#options.saveSeconds * 2 ** Math.min(this.#failures, 30);
		const isWaitedFor = [...this.#changed].some((id) => this.#waiting.has(id));
		const most = isWaitedFor ? MOST_WAIT_FOR_S : MOST_WAIT_S;
		this.#cancelSoon = this.#options.clock.after(
			Math.min(waitSeconds, most) * 1000,
			() => void this.#saveChanged(),
		);
	}

	async #saveChanged(): Promise<void> {
		const all = [...this.#changed];
		const changed = all.filter((id) => {
			const absence = this.#absences.get(id);
			return absence !== undefined && absence.saved.isOnline !== this.#options.isOnline(id);
		});
		this.#changed.clear();
		const isSaved = await this.#save(changed);
		this.#failures = isSaved ? 0 : this.#failures + 1;
		this.#cancelSoon = undefined;
		const waitedFor = this.#settle(all);
		this.#saveSoon(...waitedFor, ...(isSaved ? [] : changed));
	}

	/** @returns false when the disk did not take it. */
	async #save(ids: Iterable<string>): Promise<boolean> {
		const changes = new Map<string, StoredPresence>();
		const absences = new Map<string, Absence>();
		for (const id of ids) {
			const absence = this.#absences.get(id);
			if (absence === undefined) continue;
			const { saved } = absence;
			const presence = this.presenceOf(id);
			const isSame =
				presence.awaySeconds === saved.awaySeconds && presence.isOnline === saved.isOnline;
			if (isSame) continue;
			changes.set(id, presence);
			absences.set(id, absence);
			absence.saves += 1;
		}
		if (changes.size === 0) return true;
		const isSaved = await this.#options.save(changes);
		for (const absence of absences.values()) absence.saves -= 1;
		if (!isSaved) return false;
		// A registration meanwhile has an absence of its own.
		for (const [id, absence] of absences) absence.saved = changes.get(id) ?? absence.saved;
		return true;
	}
}
