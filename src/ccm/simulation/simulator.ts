import { downlinkOf, uplinkOf } from "../../contract/mod.ts";
import { Retry } from "../../csm-client/mod.ts";
import { type Cancel, type Clock, isJsonObject, type Logger, messageOf } from "../../kit/mod.ts";
import type { BrokerMessage, MqttPort, Unsubscribe } from "../../mqtt/mod.ts";
import type { Registered } from "./removals.ts";
import type { SimulatedDevice } from "./simulated-devices.ts";
import { draw, type Random } from "./values.ts";
import type { Registry } from "./watched-registry.ts";

export interface SimulatorDeps {
	readonly registry: Registry;
	readonly mqtt: Pick<MqttPort, "publish" | "subscribe">;
	readonly clock: Clock;
	readonly random: Random;
	readonly log: Logger;
	/** Runs a request to CSM when it is its turn; those of one device one after another. */
	readonly inTurn: (work: () => Promise<void>) => Promise<void>;
}

/** CSM says that a device is online soon after it said so itself; later something went wrong. */
const CONFIRM_MS = 5000;

/**
 * `away`: not registered, or that is not certain; `announced`: it has said that it is online; `online`: CSM has
 * confirmed that.
 */
type Stage = "away" | "announced" | "online";

/**
 * A device that exists only in this process, with the devices' own protocol (`csm.md §2`, `§3`): it registers, says that
 * it is online, hears on which topics its features are, and sends values there. What fails is tried again.
 */
export class Simulator {
	readonly #deps: SimulatorDeps;
	readonly #retry: Retry;
	#device: SimulatedDevice;
	#stage: Stage = "away";
	#rev: string | undefined;
	/** Topic of each connected input feature. */
	readonly #topics = new Map<string, string>();
	#unsubscribe: Promise<Unsubscribe> | undefined;
	#endWait: Cancel = () => {};
	#isStopped = false;

	constructor(device: SimulatedDevice, deps: SimulatorDeps) {
		this.#device = device;
		this.#deps = deps;
		this.#retry = new Retry(deps.clock, () => this.#register());
	}

	get isOnline(): boolean {
		return this.#stage === "online";
	}

	/** Registers; does not wait for it. */
	start(): void {
		this.#register();
	}

	/** Has it be another device of the same id from now on. */
	change(device: SimulatedDevice): void {
		const { values: _, ...before } = this.#device;
		const { values: __, ...now } = device;
		this.#device = device;
		if (!Bun.deepEquals(before, now)) this.#register();
	}

	/** CSM's list is new. @param isThere Whether the device is in it. */
	listed(isThere: boolean): void {
		if (this.#stage === "away") return;
		// CSM may have restarted, and what it knows of the device may be old.
		if (isThere) this.#announce();
		else this.#lost();
	}

	/** CSM tells how it is: registered (again), online, offline or gone. */
	told(news: "registered" | "online" | "offline" | "gone"): void {
		switch (news) {
			case "online":
				if (this.#stage !== "announced") return;
				this.#endWait();
				this.#stage = "online";
				this.#retry.reset();
				return;
			case "offline":
				if (this.#stage === "online") this.#lost();
				return;
			case "registered":
				// Its own registration comes before it is online: this was another client's.
				if (this.#stage === "online") this.#lost();
				return;
			case "gone":
				if (this.#stage !== "away") this.#lost();
		}
	}

	/** Sends a value on each connected feature; what cannot be sent is dropped, as a device's would be. */
	send(): void {
		if (this.#stage !== "online") return;
		const { random, mqtt } = this.#deps;
		for (const [feature, ranges] of this.#device.values) {
			const topic = this.#topics.get(feature);
			if (topic === undefined) continue;
			const values = JSON.stringify(ranges.map((range) => draw(range, random)));
			mqtt.publish(topic, values, { qos: 0 }).catch(() => {});
		}
	}

	/** Sends nothing more. */
	stop(): void {
		this.#isStopped = true;
		this.#retry.reset();
		this.#endWait();
		this.#stage = "away";
		void this.#unsubscribe?.then((end) => end()).catch(() => {});
	}

	/** After {@link stop}, what it is registered as when nothing is on its way any more. */
	async ended(): Promise<Registered> {
		await this.#deps.inTurn(async () => {});
		return { registration: this.#device, rev: this.#rev };
	}

	#register(): void {
		void this.#deps.inTurn(() => this.#tryToRegister());
	}

	async #tryToRegister(): Promise<void> {
		if (this.#isStopped) return;
		const { registry, log } = this.#deps;
		const { id } = this.#device;
		this.#stage = "away";
		try {
			await this.#listen();
			this.#rev = await registry.register(id, this.#device);
			if (!this.#isStopped) this.#announce();
		} catch (error) {
			log.debug("cannot register a simulated device, trying again", {
				...{ da_id: id, do_id: this.#device.do_id, reason: messageOf(error) },
			});
			if (!this.#isStopped) this.#retry.failed();
		}
	}

	/** Before it registers, so that no CONNECT is missed. */
	async #listen(): Promise<void> {
		if (this.#unsubscribe !== undefined) return;
		const filter = downlinkOf(this.#device.id);
		const opening = this.#deps.mqtt.subscribe(filter, (message) => this.#onSignal(message));
		this.#unsubscribe = opening;
		try {
			await opening;
		} catch (error) {
			this.#unsubscribe = undefined;
			throw error;
		}
	}

	#announce(): void {
		this.#endWait();
		this.#stage = "announced";
		this.#endWait = this.#deps.clock.after(CONFIRM_MS, () => this.#lost());
		this.#say({ state: "online", rev: this.#rev });
	}

	#lost(): void {
		this.#endWait();
		this.#stage = "away";
		this.#topics.clear();
		if (!this.#isStopped) this.#retry.failed();
	}

	/** Not retained, so that nothing is left on the broker when it is gone. */
	#say(message: object): void {
		const { mqtt, log } = this.#deps;
		const { id } = this.#device;
		mqtt.publish(uplinkOf(id), JSON.stringify(message), { qos: 2 }).catch((error: unknown) => {
			log.debug("a simulated device cannot send", { da_id: id, reason: messageOf(error) });
		});
	}

	#onSignal({ payload, retained }: BrokerMessage): void {
		if (retained || this.#isStopped) return;
		const signal = parsed(payload);
		if (!isJsonObject(signal)) return;
		const { command, idf, topic, msg_id } = signal;
		if (typeof idf === "string") {
			if (command === "CONNECT" && typeof topic === "string") this.#topics.set(idf, topic);
			if (command === "DISCONNECT") this.#topics.delete(idf);
		}
		if (msg_id !== undefined) this.#say({ msg_id, state: "ok" });
	}
}

function parsed(payload: Uint8Array): unknown {
	try {
		return JSON.parse(new TextDecoder().decode(payload));
	} catch {
		return undefined;
	}
}
