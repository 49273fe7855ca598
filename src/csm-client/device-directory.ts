import { type ApiTopics, apiTopics, devicePath } from "../contract/mod.ts";
import { type Clock, type Logger, messageOf } from "../kit/mod.ts";
import { type CsmDevice, readDevice, readDeviceList } from "./csm-device.ts";
import { type CsmMessage, type CsmMqtt, readObject } from "./mqtt-access.ts";
import { Retry } from "./retry.ts";

/** What happens to devices. */
export type DeviceEvent =
	/** The whole list is new: at the first answer, after an outage, when CSM has restarted. */
	| { readonly type: "resync"; readonly devices: ReadonlyMap<string, CsmDevice> }
	/** Registered, for the first time or again; it is not online yet. */
	| { readonly type: "registered"; readonly device: CsmDevice }
	| { readonly type: "presence"; readonly device: CsmDevice }
	/** Deregistered; `expired`: by CSM, since it was away for long (`csm.md §2.6`). */
	| { readonly type: "gone"; readonly id: string; readonly expired: boolean };

export interface DeviceDirectoryOptions {
	/** Name in `iottalk/api/req/<client>/device`. */
	readonly client: string;
	readonly timeoutMs?: number;
}

export interface DeviceDirectoryDeps {
	readonly mqtt: CsmMqtt;
	readonly clock: Clock;
	readonly log: Logger;
}

const TIMEOUT_MS = 5000;

/** The devices a CSM has, kept up to date by its device API (`csm.md §7`). */
export class DeviceDirectory {
	readonly #mqtt: CsmMqtt;
	readonly #clock: Clock;
	readonly #log: Logger;
	readonly #topics: ApiTopics;
	readonly #timeoutMs: number;
	readonly #retry: Retry;
	readonly #listeners: ((event: DeviceEvent) => void)[] = [];
	#devices = new Map<string, CsmDevice>();
	/** Whether CSM has more devices than fit in its list. */
	#isPartial = false;
	#endWait: () => void = () => {};
	#stopped = false;
	#problem: string | undefined;

	constructor({ client, timeoutMs }: DeviceDirectoryOptions, deps: DeviceDirectoryDeps) {
		this.#mqtt = deps.mqtt;
		this.#clock = deps.clock;
		this.#log = deps.log;
		this.#timeoutMs = timeoutMs ?? TIMEOUT_MS;
		this.#topics = apiTopics(devicePath(client));
		this.#retry = new Retry(deps.clock, () => this.attach());
	}

	/** By id, as CSM told last. */
	get devices(): ReadonlyMap<string, CsmDevice> {
		return this.#devices;
	}

	/** Why its list cannot be relied on; undefined while CSM answers. */
	get problem(): string | undefined {
		return this.#problem;
	}

	/** Hears of every change, in order; what a listener throws is logged. */
	onEvent(listener: (event: DeviceEvent) => void): void {
		this.#listeners.push(listener);
	}

	/** Asks for the list and goes on asking until CSM answers; does not wait for it. */
	async start(): Promise<void> {
		await this.#mqtt.subscribe(this.#topics.res, (message) => this.#onMessage(message));
		// Behind what may fail, and is begun again then.
		this.#mqtt.onReconnect(() => this.attach());
		this.attach();
	}

	/** Lets CSM forget this client. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#endWait();
		this.#retry.reset();
		await this.#publish("detach");
	}

	/** Asks for the whole list; an answer that stays out is asked for again. */
	attach(): void {
		if (this.#stopped) return;
		this.#endWait();
		const cancel = this.#clock.after(this.#timeoutMs, () => {
			this.#problem = "CSM does not answer the device API";
			this.#log.warn(this.#problem, { topic: this.#topics.req });
			this.#retry.failed();
		});
		this.#endWait = cancel;
		void this.#publish("attach").then((isSent) => {
			if (isSent || this.#endWait !== cancel) return;
			cancel();
			this.#retry.failed();
		});
	}

	async #publish(op: "attach" | "detach"): Promise<boolean> {
		try {
			await this.#mqtt.publish(this.#topics.req, JSON.stringify({ op }), { qos: 2 });
			return true;
		} catch (error) {
			this.#log.warn("cannot ask the device API", { op, reason: messageOf(error) });
			return false;
		}
	}

	#onMessage(message: CsmMessage): void {
		const reply = readObject(message);
		if (reply === undefined || this.#stopped) return;
		if (reply.op === "anno") this.#onAnnouncement(reply);
		else if (reply.op === "attach" && reply.state === "ok") this.#onList(reply);
		else if (reply.state === "error") {
			this.#problem = `CSM refuses the device API: ${String(reply.reason)}`;
			this.#log.error("CSM refuses the device API", { reason: String(reply.reason) });
			this.#endWait();
			this.#retry.failed();
		}
	}

	/** CSM sends the list unasked when it has restarted (`csm.md §7`). */
	#onList({ da_list: list, partial }: Readonly<Record<string, unknown>>): void {
		this.#endWait();
		this.#isPartial = partial === true;
		this.#retry.reset();
		this.#problem = undefined;
		this.#devices = readDeviceList(list);
		this.#tell({ type: "resync", devices: this.#devices });
	}

	#onAnnouncement({ type, da, reason }: Readonly<Record<string, unknown>>): void {
		if (type === "register") {
			const device = readDevice(da);
			if (device === undefined) return;
			this.#devices.set(device.id, device);
			this.#tell({ type: "registered", device });
			return;
		}
		if (typeof da !== "string") return;
		const id = da.toLowerCase();
		if (type === "deregister") {
			this.#devices.delete(id);
			this.#tell({ type: "gone", id, expired: reason === "expired" });
		} else if (type === "online" || type === "offline") {
			const known = this.#devices.get(id);
			// Something was missed: CSM has more to tell than this, unless its list leaves devices out.
			if (known === undefined && !this.#isPartial) this.attach();
			if (known !== undefined) {
				const device = { ...known, presence: type } as const;
				this.#devices.set(id, device);
				this.#tell({ type: "presence", device });
			}
		}
	}

	#tell(event: DeviceEvent): void {
		for (const listener of this.#listeners) {
			try {
				listener(event);
			} catch (error) {
				const stack = error instanceof Error ? error.stack : messageOf(error);
				this.#log.error("a listener of the device directory failed", { event: event.type, stack });
			}
		}
	}
}
