import type { CcmDevice, CcmDeviceEvents } from "../../contract/mod.ts";
import { EVENT_COMMENT, EventReaders, eventText } from "../../http/mod.ts";
import { type Cancel, type Clock, type Logger, messageOf } from "../../kit/mod.ts";
import type { Person } from "../service/operation.ts";
import type { Opened } from "./live-projects.ts";

export interface LiveDevicesDeps {
	/** Devices a person may see now. */
	readonly views: (person: Person) => Promise<readonly CcmDevice[]>;
	/** Whether accounts are as the database has them; their logins are looked at only then. */
	readonly isSure: () => boolean;
	readonly clock: Clock;
	readonly log: Logger;
}

/** Streams of all people together, and of one. */
const MAX_STREAMS = 100;
const MAX_STREAMS_OF_PERSON = 5;
/** Changes are told together, so often. */
const TICK_MS = 1000;
/** A silent connection is closed by proxies, and by our own listener after 30 s. */
const COMMENT_MS = 15_000;
/** Bytes that may wait for a reader. */
const MAX_UNREAD_BYTES = 16 << 20;

/** All streams of one person, who has one list of devices. */
interface Audience {
	readonly person: Person;
	readonly readers: EventReaders;
	/** What was told last, as JSON, by device. */
	told: ReadonlyMap<string, string>;
}

/** Streams of the devices people may see. It costs nothing while no one looks. */
export class LiveDevices {
	readonly #deps: LiveDevicesDeps;
	readonly #audiences = new Map<number, Audience>();
	#count = 0;
	#isOutdated = false;
	#saidAt = 0;
	#cancelTick: Cancel | undefined;
	#isStopped = false;

	constructor(deps: LiveDevicesDeps) {
		this.#deps = deps;
	}

	/**
	 * A stream for a person.
	 * @param stillMay Whether the person's login holds.
	 */
	async open(person: Person, stillMay: () => boolean): Promise<Opened> {
		if (this.#isStopped || this.#count >= MAX_STREAMS) return { full: "server" };
		const devices = await this.#deps.views(person);
		const ofPerson = this.#audiences.get(person.u_id)?.readers.size ?? 0;
		if (ofPerson >= MAX_STREAMS_OF_PERSON) return { full: "person" };
		if (this.#isStopped || this.#count >= MAX_STREAMS) return { full: "server" };
		const audience = this.#audienceOf(person);
		const response = audience.readers.open({
			first: () => {
				if (audience.readers.size === 1) audience.told = textsOf(devices);
				return textOf({ whole: true, devices, gone: [] });
			},
			stillMay,
			left: () => {
				this.#count -= 1;
				if (audience.readers.size === 0) this.#audiences.delete(person.u_id);
			},
		});
		this.#count += 1;
		// Something may have happened since they were read, or since the others were told.
		this.#isOutdated = true;
		this.#cancelTick ??= this.#planTick();
		return response;
	}

	/** To be called when devices, bindings or models have changed. */
	changed(): void {
		this.#isOutdated = true;
	}

	/** To be called when accounts have changed: ends the streams of those who may not listen any more. */
	check(): void {
		if (!this.#isSure()) return;
		for (const { readers } of [...this.#audiences.values()]) readers.send(undefined);
	}

	/** Ends all streams. */
	stop(): void {
		this.#isStopped = true;
		this.#cancelTick?.();
		for (const { readers } of [...this.#audiences.values()]) readers.stop();
	}

	#audienceOf(person: Person): Audience {
		const known = this.#audiences.get(person.u_id);
		if (known !== undefined) return known;
		const readers = new EventReaders({ max: MAX_UNREAD_BYTES, of: "bytes" });
		const audience: Audience = { person, readers, told: new Map() };
		this.#audiences.set(person.u_id, audience);
		return audience;
	}

	#planTick(): Cancel {
		return this.#deps.clock.after(TICK_MS, () => void this.#tick());
	}

	async #tick(): Promise<void> {
		const { clock, log } = this.#deps;
		const isOutdated = this.#isOutdated;
		if (this.#isSure()) {
			this.#isOutdated = false;
			const isSilent = clock.now() - this.#saidAt >= COMMENT_MS;
			if (isSilent) this.#saidAt = clock.now();
			for (const audience of [...this.#audiences.values()]) {
				try {
					const news = isOutdated ? await this.#newsFor(audience) : undefined;
					audience.readers.send(news ?? (isSilent ? EVENT_COMMENT : undefined));
				} catch (error) {
					// Pages come back by themselves.
					log.error("cannot look up watched devices", { reason: messageOf(error) });
					audience.readers.stop();
				}
			}
		}
		const goesOn = this.#audiences.size > 0 && !this.#isStopped;
		this.#cancelTick = goesOn ? this.#planTick() : undefined;
	}

	/** It does not go on with a database that cannot be asked: then logins are not known either, and streams end. */
	#isSure(): boolean {
		try {
			return this.#deps.isSure();
		} catch {
			return true;
		}
	}

	/** What is different from what was told last; undefined: nothing. */
	async #newsFor(audience: Audience): Promise<string | undefined> {
		const devices = await this.#deps.views(audience.person);
		const before = audience.told;
		const now = textsOf(devices);
		audience.told = now;
		const changed = devices.filter(({ mac_addr }) => before.get(mac_addr) !== now.get(mac_addr));
		const gone = [...before.keys()].filter((mac) => !now.has(mac));
		if (changed.length === 0 && gone.length === 0) return undefined;
		return textOf({ whole: false, devices: changed, gone });
	}
}

function textsOf(devices: readonly CcmDevice[]): ReadonlyMap<string, string> {
	return new Map(devices.map((device) => [device.mac_addr, JSON.stringify(device)]));
}

function textOf(data: CcmDeviceEvents["devices"]): string {
	return eventText("devices", JSON.stringify(data));
}
