import type { LinkKey } from "../../contract/mod.ts";
import { EVENT_COMMENT, EventReaders, eventText } from "../../http/mod.ts";
import { type Clock, isJson, type Logger, messageOf, TokenBucket } from "../../kit/mod.ts";
import type { DataSink, MqttPort } from "../../mqtt/mod.ts";
import type { DeviceRecord } from "../store/devices.ts";
import { FeatureLinks } from "./feature-links.ts";
import { featureNames } from "./feature-names.ts";
import { HttpPresence, type PresencePort } from "./http-presence.ts";
import { NewestValues } from "./newest-values.ts";
import { Waiting } from "./waiting.ts";

export interface HttpChannelOptions {
	/** Requests a device may make each second, of either kind. */
	readonly maxPerSecond: number;
	/** Bytes that may wait for a stream; one that is slower is dropped. */
	readonly maxUnreadBytes: number;
}

export interface HttpChannelDeps {
	readonly broker: Pick<MqttPort, "subscribe"> & DataSink;
	readonly presence: PresencePort;
	/** The registration as it is now. */
	readonly device: () => DeviceRecord | undefined;
	/** Fields of a stream's answer besides the usual ones. */
	readonly streamFields: Readonly<Record<string, string>>;
	readonly clock: Clock;
	readonly log: Logger;
}

/** What became of one feature of a request. */
export type Ignored = readonly [feature: string, reason: "unknown feature" | "not connected"];

/** Streams of one device; tabs share a cookie, and what a phone left behind may take minutes to end. */
const MAX_STREAMS = 4;
const FLOOD_SAID_MS = 60_000;

/** How one device sends and receives over HTTP (`csm.md §3.4`). */
export class HttpChannel {
	readonly #id: string;
	readonly #options: HttpChannelOptions;
	readonly #deps: HttpChannelDeps;
	readonly #links: FeatureLinks;
	readonly #values = new NewestValues();
	readonly #waiting = new Waiting();
	readonly #readers: EventReaders;
	readonly #presence: HttpPresence;
	readonly #ups: TokenBucket;
	readonly #polls: TokenBucket;
	#saidAt = Number.NEGATIVE_INFINITY;
	#isRemoved = false;

	constructor(id: string, options: HttpChannelOptions, deps: HttpChannelDeps) {
		const { broker, presence, clock, log } = deps;
		this.#id = id;
		this.#deps = deps;
		this.#presence = new HttpPresence(id, presence, clock);
		this.#readers = new EventReaders({ max: options.maxUnreadBytes, of: "bytes" });
		this.#options = options;
		this.#ups = new TokenBucket(() => clock.now());
		this.#polls = new TokenBucket(() => clock.now());
		this.#links = new FeatureLinks({
			broker,
			onLinked: (feature, isLinked) => this.#onLinked(feature, isLinked),
			onValue: (feature, text) => this.#onValue(feature, text),
			log,
		});
	}

	get streams(): number {
		return this.#readers.size;
	}

	/** Features that are linked at the moment. */
	get connected(): string[] {
		return this.#links.names;
	}

	/** A feature got its topic. */
	attach(key: LinkKey, topic: string): Promise<void> {
		return this.#links.add(key, topic);
	}

	detach(key: LinkKey): Promise<void> {
		return this.#links.remove(key);
	}

	/** Whether one more request of a kind may be answered now; the log says once a minute that one may not. */
	mayAsk(kind: "up" | "down"): boolean {
		const { maxPerSecond: perSecond } = this.#options;
		const bucket = kind === "up" ? this.#ups : this.#polls;
		if (bucket.take({ burst: perSecond, perSecond }) === 0) return true;
		const now = this.#deps.clock.now();
		if (now - this.#saidAt >= FLOOD_SAID_MS) {
			this.#saidAt = now;
			const name = this.#deps.device()?.name;
			this.#deps.log.warn("device exceeds the rate limit over HTTP", {
				da_id: this.#id,
				device_name: name,
			});
		}
		return false;
	}

	/** Passes values on to graphs. @returns what could not be. */
	send(values: ReadonlyMap<string, string>): Ignored[] {
		this.#presence.seen();
		const ignored: Ignored[] = [];
		let known: ReadonlySet<string> | undefined;
		for (const [feature, text] of values) {
			const topic = this.#links.topicOf(feature);
			if (topic !== undefined) {
				this.#publish(topic, text);
				continue;
			}
			known ??= featureNames(this.#deps.device()?.idfList ?? null);
			ignored.push([feature, known.has(feature) ? "not connected" : "unknown feature"]);
		}
		return ignored;
	}

	/** A stream of events for the device. @param rev Of the registration that asks: the stream ends with it. */
	open(rev: string): Response {
		if (this.#readers.size >= MAX_STREAMS) this.#readers.dropOldest();
		this.#presence.streamOpened();
		return this.#readers.open(
			{
				first: () => eventText("state", JSON.stringify(this.#state())),
				stillMay: () => this.#isRemoved || this.#deps.device()?.rev === rev,
				left: () => this.#presence.streamClosed(),
			},
			this.#deps.streamFields,
		);
	}

	/**
	 * What a device that does not listen all the time is told.
	 * @param after Number of the last value it knows.
	 * @param waitMs How long to wait for something new, if there is nothing.
	 * @returns JSON; undefined when it was deregistered or registered again meanwhile.
	 */
	async poll(after: number, waitMs: number): Promise<string | undefined> {
		this.#presence.seen();
		const isCaughtUp = this.#values.knows(after) && after === this.#values.last;
		if (isCaughtUp && waitMs > 0) {
			const rev = this.#deps.device()?.rev;
			await this.#waiting.wait(waitMs);
			if (this.#deps.device()?.rev !== rev) return undefined;
			this.#presence.seen();
		}
		// Values are JSON already, with numbers as they were written.
		const data = [...this.#values.after(after)].map(
			([feature, text]) => `${JSON.stringify(feature)}:${text}`,
		);
		const state = JSON.stringify(this.#state()).slice(0, -1);
		return `${state},"data":{${data.join(",")}},"next":${this.#values.last}}`;
	}

	/** Keeps proxies from closing silent streams, and ends those that may not go on. */
	beat(): void {
		this.#readers.send(EVENT_COMMENT);
		this.#presence.streamGoesOn();
	}

	/** A registration began: what was before is over. */
	restart(): void {
		this.#presence.forget();
		this.#end();
	}

	/** The device is registered no longer, or does not speak HTTP any more. */
	async remove(): Promise<void> {
		this.#presence.forget();
		this.#isRemoved = true;
		this.#readers.send(eventText("removed", JSON.stringify(this.#id)));
		this.#end();
		await this.#links.close();
	}

	/** Another node of the cluster has the device from now on, which comes back there. */
	async leave(): Promise<void> {
		this.stop();
		await this.#links.close();
	}

	/** The server stops: whether the device is there is not to be told any more. */
	stop(): void {
		this.#presence.forget();
		this.#end();
	}

	#end(): void {
		this.#readers.stop();
		this.#waiting.wake();
	}

	#state() {
		const { rev = "", name = "" } = this.#deps.device() ?? {};
		return { rev, name, connected: this.connected };
	}

	#onLinked(feature: string, isLinked: boolean): void {
		this.#values.changed();
		if (!isLinked) this.#values.forget(feature);
		this.#readers.send(eventText(isLinked ? "connect" : "disconnect", JSON.stringify(feature)));
		this.#waiting.wake();
	}

	#onValue(feature: string, text: string): void {
		this.#values.set(feature, text);
		if (this.#readers.size > 0) this.#tell(feature, text);
		this.#waiting.wake();
	}

	/** Anyone may publish on a topic while logins are off; in JSON line ends are blanks. */
	#tell(feature: string, text: string): void {
		if (!isJson(text)) return;
		const line = text.replaceAll(/[\r\n]/g, " ");
		this.#readers.send(eventText("data", `[${JSON.stringify(feature)},${line}]`));
	}

	#publish(topic: string, text: string): void {
		void this.#deps.broker.publishData(topic, text, 2)?.catch((error: unknown) => {
			const reason = messageOf(error);
			this.#deps.log.warn("cannot pass on data of a device that speaks HTTP", { topic, reason });
		});
	}
}
