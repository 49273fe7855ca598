import { type LinkKey, speaksHttp, speaksMqtt } from "../../contract/mod.ts";
import { CORS } from "../../http/mod.ts";
import type { Clock, Logger } from "../../kit/mod.ts";
import type { DataSink, MqttPort } from "../../mqtt/mod.ts";
import type { Devices } from "../devices/devices.ts";
import type { Announcement } from "../devices/presence.ts";
import type { Signals, SignalWay } from "../devices/signals.ts";
import type { SignalsPort } from "../graphs/changes.ts";
import type { DeviceRecord } from "../store/devices.ts";
import { macOf } from "../v1/identity.ts";
import { HttpChannel, type HttpChannelOptions } from "./http-channel.ts";

export type HttpDevicesOptions = HttpChannelOptions;

export interface HttpDevicesDeps {
	readonly devices: Devices;
	readonly signals: Pick<Signals, "linksOf">;
	readonly broker: Pick<MqttPort, "subscribe"> & DataSink;
	readonly clock: Clock;
	readonly log: Logger;
}

/** What was asked over HTTP since the start, by kind. */
export type HttpRequestKind = "up" | "poll" | "stream" | "refused";

/** Proxies close what is silent for a minute. */
const BEAT_MS = 15_000;

/** How a device is told of links, by its registration. */
export function signalWayOf(
	device: Pick<DeviceRecord, "id" | "acceptProtos" | "profile"> | undefined,
): SignalWay {
	// Those of the older protocol are told in its own way.
	if (device !== undefined && macOf(device) !== undefined) {
		return { isOverMqtt: false, isAnswered: true };
	}
	const protocols = device?.acceptProtos ?? [];
	const isOverHttp = speaksHttp(protocols);
	return { isOverMqtt: !isOverHttp || speaksMqtt(protocols), isAnswered: isOverHttp };
}

/** Devices that send and receive over HTTP (`csm.md §3.4`). To graphs they are like all others. */
export class HttpDevices implements SignalsPort {
	readonly #options: HttpDevicesOptions;
	readonly #deps: HttpDevicesDeps;
	readonly #channels = new Map<string, HttpChannel>();
	readonly #counts = new Map<HttpRequestKind, number>();
	#beat: Timer | undefined;
	#isStopped = false;

	constructor(options: HttpDevicesOptions, deps: HttpDevicesDeps) {
		this.#options = options;
		this.#deps = deps;
	}

	/** To be called when stored devices are there, and before graphs are. */
	start(): void {
		const { devices } = this.#deps;
		devices.onAnnouncement((type, device) => this.#announced(type, device));
		for (const { record } of devices.list()) this.follow(record.id);
		this.#beat = setInterval(() => {
			for (const channel of this.#channels.values()) if (channel.streams > 0) channel.beat();
		}, BEAT_MS);
	}

	/** Ends all streams: their devices come back to the next server. */
	stop(): void {
		this.#isStopped = true;
		clearInterval(this.#beat);
		for (const channel of this.#channels.values()) channel.stop();
	}

	/** Whether no more requests are answered. */
	get isStopped(): boolean {
		return this.#isStopped;
	}

	/** The channel of a registered device that speaks HTTP. */
	get(id: string): HttpChannel | undefined {
		return this.#channels.get(id);
	}

	/** A registration may have changed what its device speaks. */
	follow(id: string): void {
		const device = this.#deps.devices.get(id);
		const speaks = device !== undefined && speaksHttp(device.acceptProtos);
		if (speaks === this.#channels.has(id)) return;
		if (!speaks) {
			void this.#channels.get(id)?.remove();
			this.#channels.delete(id);
			return;
		}
		const channel = this.#newChannel(id);
		this.#channels.set(id, channel);
		for (const { key, topic } of this.#deps.signals.linksOf(id)) void channel.attach(key, topic);
	}

	/** Leaves a device to another node of the cluster. */
	leave(id: string): void {
		void this.#channels.get(id)?.leave();
		this.#channels.delete(id);
	}

	async attach(key: LinkKey, topic: string): Promise<void> {
		await this.#channels.get(key.daId)?.attach(key, topic);
	}

	restore(key: LinkKey, topic: string): void {
		void this.attach(key, topic);
	}

	async detach(key: LinkKey): Promise<void> {
		await this.#channels.get(key.daId)?.detach(key);
	}

	/** Something was asked. */
	count(kind: HttpRequestKind): void {
		this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
	}

	get counts(): ReadonlyMap<HttpRequestKind, number> {
		return this.#counts;
	}

	/** Streams that are open. */
	get streams(): number {
		let all = 0;
		for (const { streams } of this.#channels.values()) all += streams;
		return all;
	}

	#newChannel(id: string): HttpChannel {
		const { devices, broker, clock, log } = this.#deps;
		return new HttpChannel(id, this.#options, {
			...{ broker, clock, log },
			presence: devices,
			device: () => devices.get(id),
			streamFields: CORS,
		});
	}

	#announced(type: Announcement, { id }: DeviceRecord): void {
		if (type === "register") this.#channels.get(id)?.restart();
		if (type === "register" || type === "deregister") this.follow(id);
	}
}
