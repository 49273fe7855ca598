import { hashOf } from "../../auth/mod.ts";
import { type Clock, KeyedQueue, type Logger, messageOf } from "../../kit/mod.ts";
import type { MqttPort } from "../../mqtt/mod.ts";
import type { DeviceLogin } from "../devices/device-records.ts";
import type { Devices } from "../devices/devices.ts";
import type { DeviceRecord } from "../store/devices.ts";
import { FROM_DEVICE, TO_DEVICE } from "./control-channel.ts";
import { type Direction, listsOf } from "./directions.ts";
import { daIdOf, macOf } from "./identity.ts";
import type { OldLinks } from "./links.ts";
import { OldDevice } from "./old-device.ts";
import { aliasesIn, directionsIn, type OldProfile, storedProfile } from "./profile.ts";
import type { ProjectFacts } from "./project-facts.ts";
import type { Samples } from "./samples.ts";

export interface OldDevicesDeps {
	readonly devices: Pick<
		Devices,
		"get" | "list" | "register" | "change" | "deregister" | "report" | "onAnnouncement"
	>;
	readonly broker: Pick<MqttPort, "publish" | "subscribe" | "onReconnect">;
	readonly links: OldLinks;
	readonly samples: Samples;
	/** Undefined: no project manager runs here. */
	readonly facts: () => ProjectFacts | undefined;
	readonly offlineAfterMs: () => number;
	readonly clock: Clock;
	readonly log: Logger;
}

/** A registered device of the older protocol. */
export interface Found {
	readonly record: DeviceRecord;
	readonly device: OldDevice;
}

const MAX_ALIAS_LENGTH = 64;
/** Models named in the log as unknown, each once. */
const MAX_NAMED = 1000;

/** The devices of the older protocol: each is an ordinary device of the registry (`v1-http.md §7`, 3 to 5). */
export class OldDevices {
	readonly #deps: OldDevicesDeps;
	readonly #byId = new Map<string, OldDevice>();
	readonly #unknownModels = new Set<string>();
	/** Changes of what is stored of a device depend on one another. */
	readonly #changes = new KeyedQueue();

	constructor(deps: OldDevicesDeps) {
		this.#deps = deps;
	}

	/** Brings stored ones back; links are there already. */
	start(): void {
		const { devices, links, broker } = this.#deps;
		for (const { record } of devices.list()) this.#enter(record);
		devices.onAnnouncement((type, record) => {
			if (type === "register") this.#enter(record);
			if (type === "deregister") this.#leave(record);
		});
		links.onChange((key, topic) => this.#byId.get(key.daId)?.linkChanged(key, topic));
		broker.onReconnect(() => {
			for (const device of this.#byId.values()) device.forgotten();
		});
	}

	async stop(): Promise<void> {
		for (const device of this.#byId.values()) device.stop();
		await this.#changes.idle();
	}

	/** By what the device calls its MAC address. */
	find(mac: string): Found | undefined {
		const id = daIdOf(mac);
		const record = this.#deps.devices.get(id);
		const device = this.#byId.get(id);
		return record === undefined || device === undefined ? undefined : { record, device };
	}

	/** All of them. */
	list(): (Found & { readonly mac: string })[] {
		return [...this.#byId.values()].flatMap((device) => {
			const record = this.#deps.devices.get(device.id);
			const mac = record && macOf(record);
			return record === undefined || mac === undefined ? [] : [{ mac, record, device }];
		});
	}

	/**
	 * Registers a device, or registers it again: then it starts over, and its links stay. Durable when it resolves.
	 * @param loginOf Gives what is stored with it besides its password; what it throws refuses the registration.
	 * @throws InputError when there is no room for another device.
	 */
	async register(
		mac: string,
		profile: OldProfile,
		password: string,
		loginOf: (known: DeviceRecord | undefined) => Omit<DeviceLogin, "secretHash">,
	): Promise<DeviceRecord> {
		const { devices, facts, log } = this.#deps;
		const id = daIdOf(mac);
		const { model, features, directions } = profile;
		const found = await facts()
			?.featuresOf(model)
			.catch((error: unknown) => {
				log.warn("cannot look a model up", { model, reason: messageOf(error) });
				return undefined;
			});
		if (found === undefined && facts() !== undefined) this.#nameUnknown(model);
		const device = this.#byId.get(id);
		const { idfList, odfList } = listsOf(features, {
			profile: directions,
			model: found,
			linked: (feature) => device?.linkedAs(feature) ?? [],
			learned: device?.learned ?? new Map(),
		});
		const known = devices.get(id);
		const own = {
			mac,
			check: password.slice(0, 2),
			alias: known === undefined ? {} : aliasesIn(known.profile),
		};
		const registration = {
			name: profile.name,
			acceptProtos: ["mqtt"],
			...{ idfList, odfList },
			profile: storedProfile(profile, own),
		};
		const record = await devices.register(id, registration, (before) => ({
			...loginOf(before),
			secretHash: hashOf(password),
		}));
		this.#byId.get(id)?.seen();
		return record;
	}

	/** @returns false when it was registered again meanwhile. */
	async deregister({ id, rev }: DeviceRecord): Promise<boolean> {
		return (await this.#deps.devices.deregister(id, rev)) === "done";
	}

	/** Notes which way a feature goes, by what is done with it first, unless that is known already. */
	learn({ record, device }: Found, feature: string, direction: Direction): void {
		const { idfList, odfList } = record;
		const isBoth = idfList?.includes(feature) === true && odfList?.includes(feature) === true;
		if (!isBoth || device.learned.has(feature)) return;
		device.learned.set(feature, direction);
		const { inputs, outputs } = directionsIn(record.profile);
		if (inputs.includes(feature) || outputs.includes(feature)) return;
		void this.#changes.run(device.id, () => this.#keepDirection(device, feature, direction));
	}

	/** What a feature is called: in its project, by its users, or by itself. */
	async aliasOf({ record }: Found, feature: string): Promise<string> {
		const { facts, log } = this.#deps;
		const inProject = await facts()
			?.aliasOf(record.id, feature)
			.catch((error: unknown) => {
				log.warn("cannot look an alias up", { da_id: record.id, reason: messageOf(error) });
				return undefined;
			});
		return inProject ?? aliasesIn(record.profile)[feature] ?? feature;
	}

	/** @returns the name as it is kept. */
	async setAlias({ record }: Found, feature: string, name: string): Promise<string> {
		const kept = name.slice(0, MAX_ALIAS_LENGTH);
		const { devices } = this.#deps;
		await this.#changes.run(record.id, async () => {
			const profile = devices.get(record.id)?.profile ?? record.profile;
			const alias = { ...aliasesIn(profile), [feature]: kept };
			await devices.change(record.id, { profile: { ...profile, v1_alias: alias } });
		});
		return kept;
	}

	/** Takes the place of the one of an earlier registration. */
	#enter(record: DeviceRecord): void {
		const { samples, offlineAfterMs, devices, ...deps } = this.#deps;
		const former = this.#byId.get(record.id);
		former?.stop();
		if (macOf(record) === undefined) {
			this.#byId.delete(record.id);
			return;
		}
		samples.clear(record.id, [...(former?.features ?? []), TO_DEVICE, FROM_DEVICE]);
		const device = new OldDevice(record, former?.learned ?? new Map(), {
			...{ ...deps, samples, offlineAfterMs },
			report: (state) => devices.report(record.id, state),
		});
		this.#byId.set(record.id, device);
	}

	#leave({ id }: DeviceRecord): void {
		const device = this.#byId.get(id);
		if (device === undefined) return;
		device.stop();
		this.#byId.delete(id);
		this.#deps.samples.clear(id, [...device.features, TO_DEVICE, FROM_DEVICE]);
	}

	async #keepDirection(device: OldDevice, feature: string, direction: Direction): Promise<void> {
		const { devices, log } = this.#deps;
		const record = devices.get(device.id);
		if (record === undefined) return;
		const without = (list: readonly unknown[] | null) => {
			const rest = (list ?? []).filter((name) => name !== feature);
			return rest.length === 0 ? null : rest;
		};
		const changes =
			direction === "input"
				? { odfList: without(record.odfList) }
				: { idfList: without(record.idfList) };
		try {
			await devices.change(device.id, changes);
		} catch (error) {
			log.warn("cannot store the direction of a feature", {
				...{ da_id: device.id, feature, reason: messageOf(error) },
			});
		}
	}

	#nameUnknown(model: string): void {
		if (this.#unknownModels.has(model) || this.#unknownModels.size >= MAX_NAMED) return;
		this.#unknownModels.add(model);
		this.#deps.log.info("a device of an unknown model: the editor can make the model of it", {
			model,
		});
	}
}
