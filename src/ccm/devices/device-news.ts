import type { CsmDevice, DeviceEvent } from "../../csm-client/mod.ts";

/** What is not kept yet of one device. */
interface News {
	/** It deregistered, whatever it did afterwards. */
	readonly isDeleted: boolean;
	/** As CSM has it; `away`: CSM does not have it, `deleted`: because it deregistered. */
	readonly now: CsmDevice | "away" | "deleted";
}

/** What happened to devices and is not kept yet: of each device as much as counts, however much happened. */
export class DeviceNews {
	readonly #byId = new Map<string, News>();
	#listed: ReadonlySet<string> | undefined;

	/** Whether there is anything to keep. */
	get isEmpty(): boolean {
		return this.#byId.size === 0 && this.#listed === undefined;
	}

	/** Ids of devices that deregistered. */
	get deleted(): string[] {
		return [...this.#byId].flatMap(([id, { isDeleted }]) => (isDeleted ? [id] : []));
	}

	/** Devices as CSM has them. */
	get present(): CsmDevice[] {
		return [...this.#byId.values()].flatMap(({ now }) => (typeof now === "string" ? [] : [now]));
	}

	/** Whether CSM does not have a device, as far as this tells; such a device is offline. */
	isAway(id: string): boolean {
		const news = this.#byId.get(id);
		if (news === undefined) return this.#listed !== undefined && !this.#listed.has(id);
		return typeof news.now === "string";
	}

	/** Ids of devices that may be away; undefined: all may be. */
	get mayBeAway(): string[] | undefined {
		return this.#listed === undefined ? [...this.#byId.keys()] : undefined;
	}

	add(event: DeviceEvent): void {
		if (event.type === "resync") this.#addList([...event.devices.values()]);
		else if (event.type !== "gone") this.#set(event.device.id, false, event.device);
		else this.#set(event.id, !event.expired, event.expired ? "away" : "deleted");
	}

	/** Adds what happened after this. */
	append(later: DeviceNews): void {
		if (later.#listed !== undefined) this.#replaceList(later.#listed);
		for (const [id, { isDeleted, now }] of later.#byId) this.#set(id, isDeleted, now);
	}

	#addList(devices: readonly CsmDevice[]): void {
		this.#replaceList(new Set(devices.map(({ id }) => id)));
		for (const device of devices) this.#set(device.id, false, device);
	}

	#replaceList(ids: ReadonlySet<string>): void {
		this.#listed = ids;
		for (const [id, { now }] of this.#byId) {
			if (!ids.has(id) && typeof now !== "string") this.#set(id, false, "away");
		}
	}

	#set(id: string, isDeleted: boolean, now: News["now"]): void {
		const before = this.#byId.get(id)?.isDeleted === true;
		this.#byId.set(id, { isDeleted: isDeleted || before, now });
	}
}
