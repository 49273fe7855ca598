import type { LinkKey } from "../../contract/mod.ts";
import { type Cancel, type Clock, type Logger, messageOf } from "../../kit/mod.ts";
import type { MqttPort, Unsubscribe } from "../../mqtt/mod.ts";
import type { DeviceRecord } from "../store/devices.ts";
import { ControlChannel, FROM_DEVICE, isControl, TO_DEVICE } from "./control-channel.ts";
import type { Direction } from "./directions.ts";
import type { OldLinks } from "./links.ts";
import { featuresIn } from "./profile.ts";
import type { Samples } from "./samples.ts";

export interface OldDeviceDeps {
	readonly broker: Pick<MqttPort, "publish" | "subscribe">;
	readonly links: OldLinks;
	readonly samples: Samples;
	readonly clock: Clock;
	readonly log: Logger;
	/** Says whether the device is there. */
	readonly report: (state: "online" | "offline") => void;
	/** Milliseconds without a request after which it is not. */
	readonly offlineAfterMs: () => number;
}

/** How long an answer waits for the broker: microcontrollers wait a second for theirs (`v1-http.md §3`). */
const PATIENCE_MS = 500;

/** A device of the older protocol while it is registered: its control channel, its links and its presence. */
export class OldDevice {
	readonly id: string;
	/** As they were registered, in order, repeated ones as well. */
	readonly features: readonly string[];
	/** What it did first with features of unknown direction. */
	readonly learned: Map<string, Direction>;
	readonly #deps: OldDeviceDeps;
	readonly #control: ControlChannel;
	/** Subscriptions to results, by feature. */
	readonly #results = new Map<
		string,
		{ topic: string; opened: Promise<Unsubscribe | undefined> }
	>();
	#isOnline = false;
	/** When its last request was, by the clock. */
	#seenAt = 0;
	#cancelLook: Cancel | undefined;

	constructor({ id, profile }: DeviceRecord, learned: Map<string, Direction>, deps: OldDeviceDeps) {
		this.id = id;
		this.features = featuresIn(profile);
		this.learned = learned;
		this.#deps = deps;
		this.#control = new ControlChannel({
			features: this.features,
			model: String(profile.model),
			isLinked: (feature) =>
				this.#topicOf("idf", feature) !== undefined || this.#topicOf("odf", feature) !== undefined,
			put: (text) => deps.samples.put(id, TO_DEVICE, text),
			clock: deps.clock,
		});
		for (const { key, topic } of deps.links.of(id)) void this.linkChanged(key, topic);
	}

	has(feature: string): boolean {
		return isControl(feature) || this.features.includes(feature);
	}

	/** Which ways its links of a feature go. */
	linkedAs(feature: string): Direction[] {
		const found: Direction[] = [];
		if (this.#topicOf("idf", feature) !== undefined) found.push("input");
		if (this.#topicOf("odf", feature) !== undefined) found.push("output");
		return found;
	}

	/** A link got its topic, or (undefined) ended; resolves when its results are heard. */
	async linkChanged({ mode, feature }: LinkKey, topic: string | undefined): Promise<void> {
		this.#control.changed();
		if (mode === "odf") await this.#listen(feature, topic);
	}

	/** A request came that may use it. */
	seen(): void {
		const { clock, report } = this.#deps;
		this.#seenAt = clock.now();
		if (!this.#isOnline) {
			this.#isOnline = true;
			report("online");
		}
		if (this.#cancelLook === undefined) this.#lookAgain();
	}

	/** Whether it is there is no longer known to the registry: its next request says so again. */
	forgotten(): void {
		this.#isOnline = false;
	}

	/**
	 * The device, or another program, sends data.
	 * @param data JSON text of a list, which is published as it is.
	 */
	async push(feature: string, data: string, values: readonly unknown[]): Promise<void> {
		const { samples, broker, log } = this.#deps;
		samples.put(this.id, feature, data);
		if (feature === FROM_DEVICE) this.#control.answered(values);
		const topic = this.#topicOf("idf", feature);
		if (topic === undefined || values.length === 0) return;
		const published = broker.publish(topic, data, { qos: 0 }).catch((error: unknown) => {
			log.warn("cannot publish data", { da_id: this.id, reason: messageOf(error) });
		});
		await this.#withPatience(published);
	}

	/** The device polls a feature. */
	polled(feature: string): void {
		if (feature === TO_DEVICE) this.#control.polled();
	}

	/** It is registered no more, or again. */
	stop(): void {
		this.#control.stop();
		this.#cancelLook?.();
		for (const feature of [...this.#results.keys()]) void this.#listen(feature, undefined);
	}

	/** A broker that cannot be reached takes what is published when it is there again. */
	async #withPatience(published: Promise<void>): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const cancel = this.#deps.clock.after(PATIENCE_MS, resolve);
		await Promise.race([published, promise]);
		cancel();
	}

	#topicOf(mode: LinkKey["mode"], feature: string): string | undefined {
		return this.#deps.links.topicOf({ daId: this.id, mode, feature });
	}

	async #listen(feature: string, topic: string | undefined): Promise<void> {
		const known = this.#results.get(feature);
		if (known?.topic === topic) return;
		if (known !== undefined) {
			this.#results.delete(feature);
			void known.opened.then((unsubscribe) => unsubscribe?.()).catch(() => {});
		}
		if (topic === undefined) return;
		const { broker, samples, log } = this.#deps;
		const opened = broker
			.subscribe(topic, ({ payload, retained }) => {
				const text = retained ? undefined : listText(payload);
				if (text !== undefined) samples.put(this.id, feature, text);
			})
			.catch((error: unknown) => {
				log.warn("cannot listen to results", { da_id: this.id, feature, reason: messageOf(error) });
				return undefined;
			});
		this.#results.set(feature, { topic, opened });
		await opened;
	}

	#lookAgain(): void {
		const { clock, report, offlineAfterMs } = this.#deps;
		const leftMs = this.#seenAt + offlineAfterMs() - clock.now();
		this.#cancelLook = clock.after(Math.max(0, leftMs), () => {
			this.#cancelLook = undefined;
			if (clock.now() - this.#seenAt < offlineAfterMs()) {
				this.#lookAgain();
				return;
			}
			this.#isOnline = false;
			report("offline");
		});
	}
}

/** A message of data as a list: a bare value becomes one of one; undefined: it is not JSON. */
function listText(payload: Uint8Array): string | undefined {
	const text = Buffer.from(payload).toString("utf8").trim();
	try {
		const value: unknown = JSON.parse(text);
		return Array.isArray(value) ? text : `[${text}]`;
	} catch {
		return undefined;
	}
}
