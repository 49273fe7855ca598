import type { CsmDevice, DeviceEvent } from "../../csm-client/mod.ts";
import { KeyedQueue, type Logger, messageOf } from "../../kit/mod.ts";
import type { CcmStore, CcmTables, DeviceRecord } from "../store/port.ts";

export interface DeviceRegisterDeps {
	readonly store: CcmStore;
	/** Id of the person of that name; undefined: there is none. */
	readonly personNamed: (name: string) => Promise<number | undefined>;
	/** Hears of projects that lost a binding, when that is kept. */
	readonly onChanged: (pId: number) => void;
	readonly log: Logger;
}

/**
 * Keeps the devices people can bind, as CSM tells of them (`ccm-gui.md §6`). A device that is away, expired or unknown to
 * a fresh CSM stays, and stays bound, by its UUID; one that deregistered goes, with its bindings. None is ever bound by
 * what it says of itself.
 */
export class DeviceRegister {
	readonly #deps: DeviceRegisterDeps;
	readonly #turns = new KeyedQueue();

	constructor(deps: DeviceRegisterDeps) {
		this.#deps = deps;
	}

	/** Takes an event of the directory; events are kept in their order. */
	take(event: DeviceEvent): void {
		// A list that changes while it waits its turn is not the one that was told.
		const devices = event.type === "resync" ? [...event.devices.values()] : [];
		void this.#turns
			.run("events", () => this.#keep(event, devices))
			.catch((error: unknown) =>
				this.#deps.log.error("cannot keep what happened to a device", {
					event: event.type,
					reason: messageOf(error),
				}),
			);
	}

	/** Resolves when all events so far are kept. */
	idle(): Promise<void> {
		return this.#turns.idle();
	}

	async #keep(event: DeviceEvent, devices: readonly CsmDevice[]): Promise<void> {
		const { store, personNamed, onChanged } = this.#deps;
		const seen = event.type === "resync" ? devices : "device" in event ? [event.device] : [];
		const owners = new Map<string, number | undefined>();
		for (const { profile } of seen) {
			const name = profile.u_name;
			if (typeof name === "string") owners.set(name, await personNamed(name));
		}
		const changed = await store.write(async (tables) => {
			for (const device of seen) await keepDevice(tables, device, owners);
			if (event.type === "resync") {
				await othersOffline(tables, new Set(devices.map(({ id }) => id)));
			}
			return event.type === "gone" ? forget(tables, event.id, event.expired) : [];
		});
		for (const pId of changed) onChanged(pId);
	}
}

async function keepDevice(
	tables: CcmTables,
	device: CsmDevice,
	owners: ReadonlyMap<string, number | undefined>,
): Promise<void> {
	const { id: mac_addr, name, presence, model, profile, registerTime } = device;
	const [known] = await tables.devices.list({ mac_addr });
	const owner = typeof profile.u_name === "string" ? owners.get(profile.u_name) : undefined;
	const page = (value: unknown) => (typeof value === "string" ? value : "");
	const record: DeviceRecord = {
		d_id: known?.d_id ?? tables.newId("d"),
		mac_addr,
		d_name: name,
		status: presence === "online" ? "online" : "offline",
		// Who claimed it keeps it; the name in the profile counts once.
		u_id: known?.u_id ?? owner ?? null,
		dm_name: model ?? "",
		is_sim: profile.is_sim === true,
		register_time: registerTime ?? known?.register_time ?? 0,
		extra_setup_webpage: page(profile.extra_setup_webpage),
		device_webpage: page(profile.device_webpage),
	};
	await tables.devices.put(record);
}

async function othersOffline(tables: CcmTables, there: ReadonlySet<string>): Promise<void> {
	for (const device of await tables.devices.list({ status: "online" })) {
		if (!there.has(device.mac_addr)) await tables.devices.put({ ...device, status: "offline" });
	}
}

/** @returns projects that lost a binding. */
async function forget(tables: CcmTables, mac: string, isExpired: boolean): Promise<number[]> {
	const [device] = await tables.devices.list({ mac_addr: mac });
	if (isExpired) {
		if (device !== undefined) await tables.devices.put({ ...device, status: "offline" });
		return [];
	}
	if (device !== undefined) await tables.devices.remove(device.d_id);
	const changed: number[] = [];
	for (const project of await tables.projects.list()) {
		if (!project.blocks.some(({ bindings }) => bindings.some((one) => one.mac_addr === mac))) {
			continue;
		}
		const blocks = project.blocks.map((block) => ({
			...block,
			bindings: block.bindings.filter(({ mac_addr }) => mac_addr !== mac),
		}));
		await tables.projects.put({ ...project, rev: project.rev + 1, blocks });
		changed.push(project.p_id);
	}
	return changed;
}
