import { type CsmDevice, type DeviceEvent, Retry } from "../../csm-client/mod.ts";
import { type Clock, KeyedQueue, type Logger, messageOf } from "../../kit/mod.ts";
import type { CcmStore, CcmTables, DeviceRecord } from "../store/port.ts";
import { DeviceNews } from "./device-news.ts";

/** What happened to a device, as people are told. */
export interface DeviceNotice {
	readonly type: "online" | "offline" | "deregister";
	readonly device: DeviceRecord;
	/** What CSM says of it, where it has it. */
	readonly told?: object;
	/** Projects it was bound in, where it no longer is. */
	readonly holders?: readonly number[];
}

export interface DeviceRegisterDeps {
	readonly store: CcmStore;
	/** Id of the person of that name; undefined: there is none. */
	readonly personNamed: (name: string) => Promise<number | undefined>;
	/** Hears of projects that lost a binding, when that is kept. */
	readonly onChanged: (pId: number) => void;
	/** Hears of devices that came, went or deregistered, when that is kept. */
	readonly onDevices?: (notices: readonly DeviceNotice[]) => void;
	/** Hears that something of devices may be different, when that is kept. */
	readonly onKept?: () => void;
	/** Whether it is a simulator of CCM's own; of any other device `is_sim` and `do_id` mean nothing. */
	readonly isSimulator?: (device: Pick<CsmDevice, "id" | "profile">) => boolean;
	readonly clock: Clock;
	readonly log: Logger;
}

/**
 * Keeps the devices people can bind, as CSM tells of them (`ccm-gui.md §6`). A device that is away, expired or unknown to
 * a fresh CSM stays, and stays bound, by its UUID; one that deregistered goes, with its bindings. None is ever bound by
 * what it says of itself. What the store does not take is offered again.
 */
export class DeviceRegister {
	readonly #deps: DeviceRegisterDeps;
	readonly #turns = new KeyedQueue();
	readonly #retry: Retry;
	#news = new DeviceNews();
	#isFailing = false;
	#stopped = false;

	constructor(deps: DeviceRegisterDeps) {
		this.#deps = deps;
		this.#retry = new Retry(deps.clock, () => this.#plan());
	}

	/** Takes an event of the directory; events are kept in their order. */
	take(event: DeviceEvent): void {
		if (this.#stopped) return;
		this.#news.add(event);
		this.#plan();
	}

	/** Resolves when all events so far are kept, or are waiting for the store. */
	idle(): Promise<void> {
		return this.#turns.idle();
	}

	/** Takes nothing more, and resolves when nothing is in progress. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#retry.reset();
		await this.idle();
	}

	#plan(): void {
		void this.#turns.run("news", () => this.#keepNews());
	}

	/** Keeps everything there is by now, so that later turns find nothing left. */
	async #keepNews(): Promise<void> {
		if (this.#news.isEmpty) return;
		const news = this.#news;
		this.#news = new DeviceNews();
		try {
			await this.#keep(news);
			if (this.#isFailing) this.#deps.log.info("devices can be stored again");
			this.#isFailing = false;
			this.#retry.reset();
		} catch (error) {
			news.append(this.#news);
			this.#news = news;
			// It is tried again and again: once is enough to say so.
			const level = this.#isFailing ? "debug" : "error";
			this.#isFailing = true;
			const reason = messageOf(error);
			this.#deps.log[level]("cannot keep what happened to devices, trying again", { reason });
			if (!this.#stopped) this.#retry.failed();
		}
	}

	async #keep(news: DeviceNews): Promise<void> {
		const { store, personNamed, onChanged, onDevices, isSimulator = () => false } = this.#deps;
		const { present } = news;
		const owners = new Map<string, number | undefined>();
		for (const device of present) {
			const name = namedOwner(device);
			if (name !== undefined && !owners.has(name)) owners.set(name, await personNamed(name));
		}
		const { changed, notices } = await store.write(async (tables) => {
			const { unbound, gone } = await forget(tables, new Set(news.deleted));
			const here: DeviceNotice[] = [];
			for (const device of present) {
				const u_id = owners.get(namedOwner(device) ?? "") ?? null;
				const own = { u_id, is_sim: isSimulator(device) };
				here.push(...(await keepDevice(tables, device, own)));
			}
			const away = await markAway(tables, news);
			return { changed: unbound, notices: [...gone, ...here, ...away] };
		});
		for (const pId of changed) onChanged(pId);
		if (notices.length > 0) onDevices?.(notices);
		this.#deps.onKept?.();
	}
}

/** Whose a device says it is; what a page of another origin says may be anyone's invention. */
function namedOwner({ profile, origin }: CsmDevice): string | undefined {
	return typeof profile.u_name === "string" && origin === null ? profile.u_name : undefined;
}

/** @returns what is new about its being there. */
async function keepDevice(
	tables: CcmTables,
	{ id: mac_addr, name, presence, model, profile, registerTime }: CsmDevice,
	{ u_id, is_sim }: Pick<DeviceRecord, "u_id" | "is_sim">,
): Promise<DeviceNotice[]> {
	const [known] = await tables.devices.list({ mac_addr });
	const page = (value: unknown) => (typeof value === "string" ? value : "");
	const record: DeviceRecord = {
		d_id: known?.d_id ?? tables.newId("d"),
		mac_addr,
		d_name: name,
		status: presence === "online" ? "online" : "offline",
		// A claimed device keeps its owner; the name in the profile counts once.
		u_id: known?.u_id ?? u_id,
		dm_name: model ?? "",
		is_sim,
		register_time: registerTime ?? known?.register_time ?? 0,
		extra_setup_webpage: page(profile.extra_setup_webpage),
		device_webpage: page(profile.device_webpage),
	};
	if (known === undefined || !Bun.deepEquals(known, record)) await tables.devices.put(record);
	if (known?.status === record.status) return [];
	const { status: type, register_time } = record;
	const told = { id: mac_addr, name, register_time, profile, state: presence };
	return [{ type, device: record, told }];
}

/** @returns those that went. */
async function markAway(tables: CcmTables, news: DeviceNews): Promise<DeviceNotice[]> {
	const notices: DeviceNotice[] = [];
	const ids = news.mayBeAway;
	const devices =
		ids === undefined
			? await tables.devices.list({ status: "online" })
			: (await Promise.all(ids.map((mac_addr) => tables.devices.list({ mac_addr })))).flat();
	for (const device of devices) {
		if (device.status === "offline" || !news.isAway(device.mac_addr)) continue;
		await tables.devices.put({ ...device, status: "offline" });
		const { mac_addr: id, d_name: name, register_time } = device;
		notices.push({ type: "offline", device, told: { id, name, register_time, state: "offline" } });
	}
	return notices;
}

/** @returns the devices, and projects that lost a binding. */
async function forget(
	tables: CcmTables,
	macs: ReadonlySet<string>,
): Promise<{ readonly unbound: readonly number[]; readonly gone: readonly DeviceNotice[] }> {
	if (macs.size === 0) return { unbound: [], gone: [] };
	const gone: DeviceNotice[] = [];
	for (const mac_addr of macs) {
		const bound = await tables.projects.mentioning({ kind: "mac", ref: mac_addr });
		for (const device of await tables.devices.list({ mac_addr })) {
			gone.push({ type: "deregister", device, holders: bound });
			await tables.devices.remove(device.d_id);
		}
	}
	const isGone = ({ mac_addr }: { readonly mac_addr: string }) => macs.has(mac_addr.toLowerCase());
	const changed: number[] = [];
	const holders = new Set<number>();
	for (const ref of macs) {
		for (const p_id of await tables.projects.mentioning({ kind: "mac", ref })) holders.add(p_id);
	}
	for (const p_id of holders) {
		const [project] = await tables.projects.list({ p_id });
		if (project === undefined) continue;
		const blocks = project.blocks.map((block) => ({
			...block,
			bindings: block.bindings.filter((binding) => !isGone(binding)),
		}));
		await tables.projects.put({ ...project, rev: project.rev + 1, blocks });
		changed.push(project.p_id);
	}
	return { unbound: changed, gone };
}
