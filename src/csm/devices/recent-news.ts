import type { Clock } from "../../kit/mod.ts";
import type { DeviceRecord } from "../store/devices.ts";
import type { DeregisterReason } from "./device-presence.ts";
import type { Announcement } from "./presence.ts";

/** What has happened to a device. */
export interface DeviceNews {
	readonly type: Announcement;
	readonly device: DeviceRecord;
	readonly reason: DeregisterReason | undefined;
}

/** So long it is kept at least, and twice as long at most. */
export const KEPT_MS = 6000;
/** Of each half; where more happens it is kept for less long. */
const MOST = 10_000;

/** What has happened to devices lately, in order. */
export class RecentNews {
	readonly #clock: Pick<Clock, "now">;
	#older: DeviceNews[] = [];
	#newer: DeviceNews[] = [];
	#since: number;

	constructor(clock: Pick<Clock, "now">) {
		this.#clock = clock;
		this.#since = clock.now();
	}

	add(news: DeviceNews): void {
		this.#forget();
		if (this.#newer.length >= MOST) this.#turn();
		this.#newer.push(news);
	}

	all(): DeviceNews[] {
		this.#forget();
		return [...this.#older, ...this.#newer];
	}

	#forget(): void {
		const age = this.#clock.now() - this.#since;
		if (age < KEPT_MS) return;
		this.#turn();
		if (age >= 2 * KEPT_MS) this.#older = [];
	}

	#turn(): void {
		this.#older = this.#newer;
		this.#newer = [];
		this.#since = this.#clock.now();
	}
}
