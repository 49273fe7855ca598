import type { DeviceEvent } from "../../csm-client/mod.ts";
import { type Cancel, type Clock, KeyedQueue, type Logger, messageOf } from "../../kit/mod.ts";
import type { ProjectNews } from "../service/operation.ts";
import { endSeats } from "./end-seats.ts";
import { FreedSeats } from "./freed-seats.ts";
import { KEPT_MS } from "./invitation-service.ts";
import { codeKey, keysOf, lostIn, seatKey } from "./lost-seats.ts";
import type { RunningClock } from "./running-clock.ts";
import { type Hearing, tellingWork } from "./telling-work.ts";
import type { WebDevices } from "./web-devices.ts";

/** How often the running time is kept, and it is looked what has ended. */
const SWEEP_MS = 60_000;
/** A phone that is unbound, or whose block is removed, stays so long: that may be undone. */
export const GRACE_MS = 30_000;

export interface SeatKeeperDeps extends Hearing {
	readonly running: RunningClock;
	/** Undefined: CSM is another process. */
	readonly webDevices: () => WebDevices | undefined;
	readonly clock: Clock;
	readonly log: Logger;
}

/**
 * Ends seats: of phones that are not bound any more, whose device is gone, or whose class has been over for a day. A phone
 * that has no seat has no device either, also after a crash.
 */
export class SeatKeeper {
	readonly #deps: SeatKeeperDeps;
	readonly #turns = new KeyedQueue();
	readonly #freed: FreedSeats;
	/** Projects with phones or codes. */
	readonly #projects = new Set<number>();
	/** Projects that are to be looked at. */
	readonly #planned = new Set<number>();
	/** Since when seats and codes are lost, by device and block; monotonic. */
	readonly #lostSince = new Map<string, number>();
	/** Devices that are to be deregistered. */
	readonly #leaving = new Set<string>();
	readonly #timers = new Map<string, Cancel>();
	#hasFormer = false;
	/** Whether devices can be deregistered. */
	#isOpened = false;
	#isFailing = false;
	#isStopped = false;

	constructor(deps: SeatKeeperDeps) {
		this.#deps = deps;
		this.#freed = new FreedSeats(deps);
	}

	/** Goes on with what is kept. @throws when that cannot be read. */
	async start(): Promise<void> {
		const { store, running } = this.#deps;
		const { ranMs, pIds, former } = await store.read(async (tables) => ({
			ranMs: await tables.running.get(),
			pIds: [...(await tables.seats.list()), ...(await tables.invitations.list())].map(
				({ p_id }) => p_id,
			),
			former: await tables.formerSeats.list(),
		}));
		running.goOn(ranMs);
		this.#hasFormer = former.length > 0;
		for (const { da_id } of former) this.#leaving.add(da_id);
		for (const pId of pIds) {
			this.#projects.add(pId);
			this.changed(pId);
		}
		this.#planSweep();
	}

	/** The broker is up: devices hear that they are deregistered. */
	opened(): void {
		this.#isOpened = true;
		void this.#turns.run("sweep", () => this.#deregister());
	}

	/** To be called when a project was changed or deleted. */
	changed(pId: number): void {
		if (this.#isStopped || !this.#projects.has(pId) || this.#planned.has(pId)) return;
		this.#planned.add(pId);
		void this.#turns.run(String(pId), async () => {
			this.#planned.delete(pId);
			await this.#quietly(() => this.#settle(pId));
		});
	}

	/** To be called with what CSM tells of devices: the seat of one that is gone is free. */
	told(event: DeviceEvent): void {
		if (this.#isStopped || this.#isIdle || !this.#freed.note(event)) return;
		void this.#turns.run("freed", () => this.#quietly(() => this.#freed.free()));
	}

	/** To be called with what operations tell. */
	take(news: ProjectNews): void {
		if (news.kind !== "invitation") return;
		this.#projects.add(news.p_id);
		const { left = [] } = news;
		if (left.length === 0) return;
		this.#hasFormer = true;
		for (const daId of left) this.#leaving.add(daId);
		void this.#turns.run("sweep", () => this.#deregister());
	}

	/** Resolves when nothing is in progress. */
	idle(): Promise<void> {
		return this.#turns.idle();
	}

	/** Keeps the time it ran. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		for (const cancel of this.#timers.values()) cancel();
		await this.idle();
		if (this.#isIdle) return;
		const { store, running } = this.#deps;
		await this.#quietly(() => store.write((tables) => tables.running.put(running.now())));
	}

	get #isIdle(): boolean {
		return this.#projects.size === 0 && !this.#hasFormer;
	}

	#planSweep(): void {
		this.#after("sweep", SWEEP_MS, () => {
			this.#planSweep();
			if (!this.#isIdle) {
				void this.#turns.run("sweep", () => this.#quietly(() => this.#sweep()));
			}
			// What could not be looked at before.
			for (const pId of this.#projects) this.changed(pId);
		});
	}

	#after(key: string, ms: number, call: () => void): void {
		this.#timers.get(key)?.();
		if (this.#isStopped) return;
		this.#timers.set(key, this.#deps.clock.after(ms, call));
	}

	/** What has ended long enough ago goes. */
	async #sweep(): Promise<void> {
		const now = this.#deps.running.now();
		this.#hasFormer = await tellingWork(this.#deps, async (call) => {
			const { tables } = call;
			await tables.running.put(now);
			for (const { do_id, ends_at } of await tables.invitations.list()) {
				if (ends_at + KEPT_MS > now) continue;
				await endSeats(call, await tables.seats.list({ do_id }), "ended", now);
				await tables.invitations.remove(do_id);
			}
			const former = await tables.formerSeats.list();
			const old = former.filter(({ since }) => since + KEPT_MS <= now);
			for (const { da_id } of old) await tables.formerSeats.remove({ da_id });
			return former.length > old.length;
		});
		await this.#freed.free();
		await this.#deregister();
	}

	async #settle(pId: number): Promise<void> {
		const { store, clock, running } = this.#deps;
		const found = await store.read((tables) => lostIn(tables, pId));
		if (found.isEmpty) this.#projects.delete(pId);
		const keys = new Set(keysOf(found));
		for (const key of this.#lostSince.keys()) {
			if (key.startsWith(`${pId} `) && !keys.has(key)) this.#lostSince.delete(key);
		}
		if (keys.size === 0) return;
		const now = clock.now();
		for (const key of keys) if (!this.#lostSince.has(key)) this.#lostSince.set(key, now);
		const isDue = (key: string) => now - (this.#lostSince.get(key) ?? now) >= GRACE_MS;
		await tellingWork(this.#deps, async (call) => {
			const { tables } = call;
			const { seats, codes, isFinal } = await lostIn(tables, pId);
			const due = seats.filter((seat) => isFinal || isDue(seatKey(seat)));
			await endSeats(call, due, "removed", running.now());
			for (const code of codes) {
				if (isFinal || isDue(codeKey(code))) await tables.invitations.remove(code.do_id);
			}
		});
		const waits = [...keys].map((key) => GRACE_MS - now + (this.#lostSince.get(key) ?? now));
		const next = Math.min(...waits.filter((ms) => ms > 0));
		if (Number.isFinite(next)) this.#after(String(pId), next, () => this.changed(pId));
	}

	/** What fails is tried again with the next sweep. */
	async #deregister(): Promise<void> {
		const devices = this.#deps.webDevices();
		if (devices === undefined || !this.#isOpened) return;
		const leaving = [...this.#leaving];
		await this.#quietly(async () => {
			await Promise.all(
				leaving.map(async (daId) => {
					await devices.remove(daId);
					this.#leaving.delete(daId);
				}),
			);
		});
	}

	/** It is tried again and again: once is enough to say so. */
	async #quietly(work: () => Promise<unknown>): Promise<void> {
		try {
			await work();
			this.#isFailing = false;
		} catch (error) {
			const level = this.#isFailing ? "debug" : "error";
			this.#isFailing = true;
			this.#deps.log[level]("cannot end the seats of phones, trying again", {
				reason: messageOf(error),
			});
		}
	}
}
