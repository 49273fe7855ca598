import { v1 as timeBasedUuid } from "uuid";
import { apiTopics, devicePath, isReachable, type Request, refuseOp } from "../../contract/mod.ts";
import { type Clock, type Logger, messageOf } from "../../kit/mod.ts";
import type { MqttPort } from "../../mqtt/mod.ts";
import {
	ApiListener,
	type ApiListenerDeps,
	type Reply,
	type Sender,
	type Turn,
} from "../api-listener.ts";
import type { CsmStore } from "../store/csm-store.ts";
import type { DeviceRecord } from "../store/devices.ts";
import { ApiClients } from "./api-clients.ts";
import type { Devices } from "./devices.ts";
import { metadataOf } from "./metadata.ts";
import type { PresenceState } from "./presence.ts";
import type { DeviceNews } from "./recent-news.ts";
import { type NodeNewsPort, SharedDeviceApi } from "./shared-device-api.ts";

export interface DeviceApiDeps extends ApiListenerDeps {
	readonly store: CsmStore;
	readonly devices: Devices;
	/** Of a node of a cluster, whose clients hear of the devices of all nodes. */
	readonly shared?: { readonly news: NodeNewsPort; readonly clock: Clock } | undefined;
}

/**
 * The device API over MQTT (`csm.md §7`): an attached client gets the list of devices, and a
 * message for every change. Attached clients are remembered and get a fresh list after a restart.
 */
export class DeviceApi {
	readonly #broker: MqttPort;
	readonly #devices: Devices;
	readonly #log: Logger;
	readonly #listener: ApiListener;
	readonly #clients: ApiClients;
	readonly #shared: SharedDeviceApi | undefined;

	constructor({ store, devices, shared, ...deps }: DeviceApiDeps) {
		this.#broker = deps.broker;
		this.#devices = devices;
		this.#log = deps.log;
		this.#clients = new ApiClients(store, shared !== undefined);
		this.#shared =
			shared &&
			new SharedDeviceApi({
				...{ ...shared, store, clients: this.#clients, log: deps.log },
				announce: (client, news) => this.#announce(new Set([client]), news),
				sendLists: () => this.resync(),
			});
		const perform = ({ client }: Sender, request: Request, { replied }: Turn) =>
			this.#perform(client, request, replied);
		// A list is made again.
		const isKept = ({ op }: Request) => op !== "attach";
		this.#listener = new ApiListener(devicePath("+"), perform, deps, isKept);
	}

	async start(): Promise<void> {
		await this.#clients.load();
		this.#devices.onAnnouncement((type, device, reason) => {
			const news = { type, device, reason };
			this.#shared?.happened(news);
			this.#announce(this.#clients.all, news);
		});
		this.#shared?.start();
		await this.#listener.start();
	}

	/** The broker is up: every remembered client gets the list again, in a cluster when there are devices. */
	async opened(): Promise<void> {
		if (this.#shared === undefined) await this.resync();
	}

	/** Devices were taken over from other nodes of the cluster. */
	takenOver(): void {
		this.#shared?.takenOver();
	}

	/** Sends every client the list. @throws StorageError when it cannot be read. */
	async resync(): Promise<void> {
		if (this.#clients.all.size === 0) return;
		const snapshot = this.#snapshot({ op: "attach" });
		// Nothing may be announced between a list of what is in memory and its sending.
		const list = JSON.stringify(snapshot instanceof Promise ? await snapshot : snapshot);
		for (const client of this.#clients.all) await this.#send(client, list);
	}

	async stop(): Promise<void> {
		await Promise.all([this.#listener.stop(), this.#shared?.stop()]);
	}

	/** Ends a client's announcements; fine when there were none. */
	async detach(client: string): Promise<void> {
		await this.#clients.remove(client);
		void this.#shared?.changed(client);
	}

	async #perform(client: string, request: Request, replied: Promise<void>): Promise<Reply> {
		switch (request.op) {
			case "attach":
				await this.#clients.add(client);
				void replied.then(() => this.#shared?.changed(client));
				return this.#snapshot(request);
			case "detach":
				await this.detach(client);
				return { op: "detach", state: "ok" };
			default:
				return refuseOp(request.op);
		}
	}

	#snapshot(request: Request): Promise<Reply> | Reply {
		const shared = this.#shared;
		if (shared === undefined) {
			const reachable = this.#devices
				.list()
				.filter(({ record }) => isReachable(record.acceptProtos));
			return { ...request, state: "ok", da_list: listOf(reachable) };
		}
		return shared.list().then(({ devices, isPartial }) => ({
			...{ ...request, state: "ok", da_list: listOf(devices) },
			...(isPartial && { partial: true }),
		}));
	}

	#announce(clients: ReadonlySet<string>, { type, device, reason }: DeviceNews): void {
		if (clients.size === 0) return;
		const message = JSON.stringify({
			op: "anno",
			type,
			timestamp: timeBasedUuid(),
			da: type === "register" ? describe(device) : device.id,
			...(reason !== undefined && { reason }),
		});
		for (const client of clients) void this.#send(client, message);
	}

	async #send(client: string, message: string): Promise<void> {
		const topic = apiTopics(devicePath(client)).res;
		try {
			await this.#broker.publish(topic, message, { qos: 2 });
		} catch (error) {
			this.#log.warn("cannot send to a client of the device API", {
				topic,
				reason: messageOf(error),
			});
		}
	}
}

function listOf(devices: readonly { record: DeviceRecord; presence: PresenceState }[]) {
	return Object.fromEntries(
		devices.map(({ record, presence }) => [record.id, { ...describe(record), state: presence }]),
	);
}

/** A device with the page it is from, so that clients can tell what anyone on the web may have registered. */
function describe(device: DeviceRecord): Record<string, unknown> {
	return { ...metadataOf(device), ...(device.origin !== null && { origin: device.origin }) };
}
