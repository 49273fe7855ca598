import { v1 as timeBasedUuid } from "uuid";
import { apiTopics, devicePath, isReachable, type Request, refuseOp } from "../../contract/mod.ts";
import { InputError, type Logger, messageOf } from "../../kit/mod.ts";
import type { MqttPort } from "../../mqtt/mod.ts";
import { ApiListener, type ApiListenerDeps, type Reply, type Sender } from "../api-listener.ts";
import type { CsmStore } from "../store/csm-store.ts";
import type { DeviceRecord } from "../store/devices.ts";
import type { DeregisterReason } from "./device-presence.ts";
import type { Devices } from "./devices.ts";
import { metadataOf } from "./metadata.ts";
import type { Announcement } from "./presence.ts";

export interface DeviceApiDeps extends ApiListenerDeps {
	readonly store: CsmStore;
	readonly devices: Devices;
}

/** Attached clients beyond this are refused: each costs a message per announcement. */
const MAX_CLIENTS = 1000;

/**
 * The device API over MQTT (`csm.md §7`): an attached client gets the list of devices, and a
 * message for every change. Attached clients are remembered and get a fresh list after a restart.
 */
export class DeviceApi {
	readonly #store: CsmStore;
	readonly #broker: MqttPort;
	readonly #devices: Devices;
	readonly #log: Logger;
	readonly #listener: ApiListener;
	readonly #clients = new Set<string>();
	/** Clients whose attachment is being stored: they count, and hear nothing yet. */
	readonly #attaching = new Set<string>();

	constructor({ store, devices, ...deps }: DeviceApiDeps) {
		this.#store = store;
		this.#broker = deps.broker;
		this.#devices = devices;
		this.#log = deps.log;
		const perform = ({ client }: Sender, request: Request) => this.#perform(client, request);
		// A list is made anew.
		const isKept = ({ op }: Request) => op !== "attach";
		this.#listener = new ApiListener(devicePath("+"), perform, deps, isKept);
	}

	async start(): Promise<void> {
		for (const client of await this.#store.rows.deviceApiClients.all()) this.#clients.add(client);
		this.#devices.onAnnouncement((...news) => this.#announce(...news));
		await this.#listener.start();
	}

	/** Sends every remembered client the list again; to be called when the broker is up. */
	async resync(): Promise<void> {
		const list = JSON.stringify(this.#snapshot({ op: "attach" }));
		for (const client of this.#clients) await this.#send(client, list);
	}

	async stop(): Promise<void> {
		await this.#listener.stop();
	}

	/** Ends a client's announcements; fine when there were none. */
	async detach(client: string): Promise<void> {
		if (!this.#clients.has(client) && !this.#attaching.has(client)) return;
		await this.#store.write(({ deviceApiClients }) => deviceApiClients.remove(client), {
			committed: () => this.#clients.delete(client),
		});
	}

	async #perform(client: string, request: Request): Promise<Reply> {
		switch (request.op) {
			case "attach":
				await this.#attach(client);
				return this.#snapshot(request);
			case "detach":
				await this.detach(client);
				return { op: "detach", state: "ok" };
			default:
				return refuseOp(request.op);
		}
	}

	async #attach(client: string): Promise<void> {
		if (this.#clients.has(client)) return;
		await this.#store.write(
			({ deviceApiClients }) => {
				if (this.#clients.size + this.#attaching.size >= MAX_CLIENTS) {
					throw new InputError(`too many clients: ${MAX_CLIENTS} are attached already`);
				}
				this.#attaching.add(client);
				return deviceApiClients.add(client);
			},
			{
				committed: () => {
					this.#attaching.delete(client);
					this.#clients.add(client);
				},
				undone: () => this.#attaching.delete(client),
			},
		);
	}

	#snapshot(request: Request): Reply {
		const list = this.#devices
			.list()
			.filter(({ record }) => isReachable(record.acceptProtos))
			.map(({ record, presence }) => [record.id, { ...describe(record), state: presence }]);
		return { ...request, state: "ok", da_list: Object.fromEntries(list) };
	}

	#announce(type: Announcement, device: DeviceRecord, reason?: DeregisterReason): void {
		if (this.#clients.size === 0) return;
		const message = JSON.stringify({
			op: "anno",
			type,
			timestamp: timeBasedUuid(),
			da: type === "register" ? describe(device) : device.id,
			...(reason !== undefined && { reason }),
		});
		for (const client of this.#clients) void this.#send(client, message);
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

/** A device with the page it is from, so that clients can tell what anyone on the web may have registered. */
function describe(device: DeviceRecord): Record<string, unknown> {
	return { ...metadataOf(device), ...(device.origin !== null && { origin: device.origin }) };
}
