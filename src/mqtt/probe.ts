import { dataTopic } from "../contract/mod.ts";
import { type Logger, messageOf } from "../kit/mod.ts";
import type { BrokerHealth, MqttPort, Unsubscribe } from "./port.ts";

export interface ProbeOptions {
	/** Time the server's own message gets to come back, milliseconds; 0 turns the probe off. */
	deadlineMs: number;
	/**
	 * Whether the broker is sure to bring messages back on the first topic. Another program's broker may forbid
	 * it: there the probe counts only once it has come back, and other topics are tried before.
	 */
	isOurs: boolean;
}

export interface ProbeDeps {
	readonly broker: MqttPort & Pick<BrokerHealth, "problem">;
	readonly log: Logger;
	/** Monotonic, milliseconds. */
	readonly now?: () => number;
}

/** So often within the deadline the probe is looked after. */
const LOOKS_PER_DEADLINE = 3;
/** Looks in a row that find it late, before it counts: an event loop that stood still has not heard the answer yet. */
const LATE_LOOKS = 2;
/** Connections in a row that are lost with a probe in flight, before it counts as the reason. */
const LOST_CONNECTIONS = 4;

/**
 * Notices when the server's own messages do not come back from the broker any more: it publishes one in the way
 * every answer of the server goes, subscribed to in the way it hears its devices. Only one message is in
 * flight; its topic begins with `$`, which `#` does not match, wherever the broker lets it (`MQTT 3.1.1 §4.7.2`).
 */
export class Probe {
	readonly #options: ProbeOptions;
	readonly #broker: ProbeDeps["broker"];
	readonly #log: Logger;
	readonly #now: () => number;
	/** Tells this server's probes from those of others on the same broker. */
	readonly #id = crypto.randomUUID();
	/** Still to be tried; the first one is in use. */
	readonly #topics: string[];
	#sentAt: number | undefined;
	#lateLooks = 0;
	/** Whether the last one has not come back over the connection it was sent with. */
	#isInFlight = false;
	#lostConnections = 0;
	#hasComeBack: boolean;
	#isStuck = false;
	#timer: Timer | undefined;
	#unsubscribe: Unsubscribe = async () => {};

	constructor(options: ProbeOptions, { broker, log, now }: ProbeDeps) {
		this.#options = options;
		this.#broker = broker;
		this.#log = log;
		this.#now = now ?? (() => performance.now());
		this.#hasComeBack = options.isOurs;
		// The second one looks like a link's topic, which any broker for IoTtalk has to let through (csm.md §5).
		this.#topics = [`$iotctl/probe/${this.#id}`, dataTopic(this.#id)];
		if (options.isOurs) this.#topics.length = 1;
	}

	/** Why the server counts as stuck; undefined while its messages come back, or that cannot be known. */
	get problem(): string | undefined {
		if (!this.#isStuck) return undefined;
		const seconds = this.#options.deadlineMs / 1000;
		return `the server's own messages have not come back from the broker within ${seconds} s`;
	}

	async start(): Promise<void> {
		const { deadlineMs } = this.#options;
		if (deadlineMs === 0) return;
		this.#broker.onReconnect(() => this.#onReconnect());
		await this.#listen();
		this.#send();
		this.#timer = setInterval(() => this.#look(), deadlineMs / LOOKS_PER_DEADLINE);
		this.#timer.unref();
	}

	async stop(): Promise<void> {
		clearInterval(this.#timer);
		await this.#unsubscribe();
	}

	#look(): void {
		// An outage is a problem of its own, and a broker that is not there brings nothing back.
		if (this.#broker.problem !== undefined) {
			this.#sentAt = undefined;
			this.#lateLooks = 0;
			return;
		}
		if (this.#sentAt === undefined) {
			this.#send();
			return;
		}
		if (this.#now() - this.#sentAt < this.#options.deadlineMs) return;
		this.#lateLooks += 1;
		if (this.#lateLooks < LATE_LOOKS) return;
		if (!this.#hasComeBack) {
			this.#tryNextTopic();
			return;
		}
		if (!this.#isStuck) {
			this.#isStuck = true;
			this.#log.error("the server's own messages do not come back from the broker", {
				deadline_ms: this.#options.deadlineMs,
			});
		}
		this.#send();
	}

	async #listen(): Promise<void> {
		const [topic] = this.#topics;
		this.#unsubscribe = async () => {};
		if (topic === undefined) return;
		const onMessage = ({ retained }: { retained: boolean }) => {
			if (!retained) this.#onReturn();
		};
		this.#unsubscribe = await this.#broker.subscribe(topic, onMessage, { mayBeRefused: true });
	}

	#send(): void {
		const [topic] = this.#topics;
		if (topic === undefined) return;
		this.#sentAt = this.#now();
		this.#isInFlight = true;
		this.#lateLooks = 0;
		this.#broker
			.publish(topic, "probe", { qos: 1 })
			.catch((error) => this.#log.debug("cannot send the probe", { reason: messageOf(error) }));
	}

	/** One that was thought lost proves as much as the last one. */
	#onReturn(): void {
		this.#sentAt = undefined;
		this.#isInFlight = false;
		this.#lateLooks = 0;
		this.#lostConnections = 0;
		this.#hasComeBack = true;
		if (!this.#isStuck) return;
		this.#isStuck = false;
		this.#log.info("the server's own messages come back from the broker again");
	}

	/** Some brokers close the connection of a client that publishes where it may not, or may not any more. */
	#onReconnect(): void {
		if (!this.#isInFlight) return;
		this.#isInFlight = false;
		this.#sentAt = undefined;
		this.#lostConnections += 1;
		const isRefused = !this.#hasComeBack || this.#lostConnections >= LOST_CONNECTIONS;
		if (isRefused && !this.#options.isOurs) this.#tryNextTopic();
	}

	#tryNextTopic(): void {
		const refused = this.#topics.shift();
		this.#sentAt = undefined;
		this.#lateLooks = 0;
		this.#lostConnections = 0;
		this.#hasComeBack = false;
		if (this.#topics.length === 0) {
			this.#log.warn("cannot monitor the broker: it does not return probes", {
				topic: refused,
			});
			clearInterval(this.#timer);
		}
		void this.#change();
	}

	async #change(): Promise<void> {
		try {
			await this.#unsubscribe();
			await this.#listen();
		} catch (error) {
			this.#log.debug("cannot move the probe", { reason: messageOf(error) });
		}
	}
}
