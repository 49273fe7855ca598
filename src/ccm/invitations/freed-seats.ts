import type { DeviceEvent } from "../../csm-client/mod.ts";
import type { SeatRecord } from "../store/invitation-port.ts";
import { endSeats } from "./end-seats.ts";
import type { RunningClock } from "./running-clock.ts";
import { type Hearing, tellingWork } from "./telling-work.ts";
import type { WebDevices } from "./web-devices.ts";

export interface FreedSeatsDeps extends Hearing {
	readonly running: Pick<RunningClock, "now">;
	/** Undefined: CSM is another process. */
	readonly webDevices: () => WebDevices | undefined;
}

/** Frees the seats of phones whose devices are deregistered or have expired, for any reason, on whichever node they are. */
export class FreedSeats {
	readonly #deps: FreedSeatsDeps;
	/** Ids of devices that are gone, until their seats are free. */
	readonly #gone = new Set<string>();
	/** CSM's newest list, until seats were compared with it. */
	#listed: ReadonlyMap<string, unknown> | undefined;

	constructor(deps: FreedSeatsDeps) {
		this.#deps = deps;
	}

	/** Notes what CSM tells of devices. @returns whether there is something to {@link free}. */
	note(event: DeviceEvent): boolean {
		if (event.type === "gone") this.#gone.add(event.id);
		else if (event.type === "resync") this.#listed = event.devices;
		else return false;
		return true;
	}

	/** What fails is to be done again. @throws when seats cannot be read or freed. */
	async free(): Promise<void> {
		const gone = new Set(this.#gone);
		const listed = this.#listed;
		if (gone.size === 0 && listed === undefined) return;
		const seats = await this.#deps.store.read((tables) => tables.seats.list());
		const lost = seats.filter(({ da_id }) => gone.has(da_id));
		for (const seat of seats) {
			const isListed = listed === undefined || listed.has(seat.da_id) || gone.has(seat.da_id);
			if (!isListed && (await this.#isGone(seat))) lost.push(seat);
		}
		if (lost.length > 0) await this.#end(new Set(lost.map(({ da_id }) => da_id)));
		for (const id of gone) this.#gone.delete(id);
		if (this.#listed === listed) this.#listed = undefined;
	}

	/** The list may leave it out, or be older than its registration. */
	async #isGone({ da_id }: SeatRecord): Promise<boolean> {
		const devices = this.#deps.webDevices();
		return devices !== undefined && !(await devices.isRegistered(da_id));
	}

	#end(ids: ReadonlySet<string>): Promise<void> {
		return tellingWork(this.#deps, async (call) => {
			const still = (await call.tables.seats.list()).filter(({ da_id }) => ids.has(da_id));
			await endSeats(call, still, "removed", this.#deps.running.now());
		});
	}
}
