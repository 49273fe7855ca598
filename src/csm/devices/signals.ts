import { downlinkOf, type LinkKey } from "../../contract/mod.ts";
import { type Logger, messageOf } from "../../kit/mod.ts";
import type { MqttPort } from "../../mqtt/mod.ts";

export interface SignalsOptions {
	/** Pause between `online` and the first CONNECT: the seed's device subscribes only then. */
	settleMs: number;
	/** Pause before an unanswered CONNECT is sent again. */
	resendMs: number;
	/** How often it is sent again. */
	maxResends: number;
}

/** How a device is told. */
export interface SignalWay {
	/** Whether it hears its control channel. */
	readonly isOverMqtt: boolean;
	/** Whether the server itself answers for it. */
	readonly isAnswered: boolean;
}

const OVER_MQTT: SignalWay = { isOverMqtt: true, isAnswered: false };

export const SIGNAL_DEFAULTS: SignalsOptions = { settleMs: 100, resendMs: 2000, maxResends: 3 };

/** A linked feature. */
export interface Attachment {
	readonly key: LinkKey;
	readonly topic: string;
}

interface Session {
	/** `settling`: online, but its CONNECTs are still to be sent. */
	phase: "away" | "settling" | "ready";
	settleTimer: Timer | undefined;
	/** Features CONNECTed for since the registration. */
	readonly connected: Set<string>;
	/** Resend timers of unanswered CONNECTs, by message id. */
	readonly unanswered: Map<string, { timer: Timer; port: string }>;
}

/**
 * Tells devices which topics their features are on (`csm.md §3.2`): CONNECT and DISCONNECT on
 * `<da_id>/ctrl/o`, only while the device is online.
 */
export class Signals {
	readonly #options: SignalsOptions;
	readonly #broker: MqttPort;
	readonly #log: Logger;
	readonly #wayOf: (daId: string) => SignalWay;
	/** Device → its linked features, oldest first. */
	readonly #attachments = new Map<string, Map<string, Attachment>>();
	readonly #sessions = new Map<string, Session>();

	/** @param wayOf How a device is told, at the moment it is. */
	constructor(
		options: SignalsOptions,
		broker: MqttPort,
		log: Logger,
		wayOf: (daId: string) => SignalWay = () => OVER_MQTT,
	) {
		this.#options = options;
		this.#wayOf = wayOf;
		this.#broker = broker;
		this.#log = log;
	}

	/** A device's linked features, oldest first. */
	linksOf(daId: string): Attachment[] {
		return [...(this.#attachments.get(daId)?.values() ?? [])];
	}

	/** A feature got its topic: CONNECT now, or when the device comes online. */
	async attach(key: LinkKey, topic: string): Promise<void> {
		const attachment = this.#note(key, topic);
		const session = this.#sessions.get(key.daId);
		if (session?.phase === "ready") await this.#connect(session, attachment);
	}

	/**
	 * A feature has the topic it had before the server started. A device that has been online since then knows it, and is
	 * told when it ends; the broker does not listen yet.
	 */
	restore(key: LinkKey, topic: string): void {
		this.#note(key, topic);
		const session = this.#sessions.get(key.daId);
		if (session?.phase === "ready") session.connected.add(portOf(key));
	}

	/** A feature lost its topic: DISCONNECT when the device knows of it. */
	async detach(key: LinkKey): Promise<void> {
		const port = portOf(key);
		const ports = this.#attachments.get(key.daId);
		const topic = ports?.get(port)?.topic;
		if (ports === undefined || topic === undefined) return;
		ports.delete(port);
		if (ports.size === 0) this.#attachments.delete(key.daId);
		const session = this.#sessions.get(key.daId);
		if (session === undefined) return;
		stopResending(session, (waiting) => waiting.port === port);
		const known = session.connected.delete(port);
		if (known && session.phase !== "away") {
			await this.#send(key, topic, "DISCONNECT", crypto.randomUUID());
		}
	}

	/** A registration begins: nothing is CONNECTed, the device is not online. */
	registered(daId: string): void {
		this.deregistered(daId);
		this.#sessions.set(daId, {
			phase: "away",
			settleTimer: undefined,
			connected: new Set(),
			unanswered: new Map(),
		});
	}

	deregistered(daId: string): void {
		const session = this.#sessions.get(daId);
		if (session !== undefined) pause(session);
		this.#sessions.delete(daId);
	}

	/** Another server tells some devices from now on, registered or not. */
	forget(isGone: (daId: string) => boolean): void {
		for (const daId of this.#sessions.keys()) if (isGone(daId)) this.deregistered(daId);
		for (const daId of this.#attachments.keys()) {
			if (isGone(daId)) this.#attachments.delete(daId);
		}
	}

	/** The device is there (again): CONNECT all its features after the settling pause. */
	online(daId: string): void {
		const session = this.#sessions.get(daId);
		if (session === undefined) return;
		pause(session);
		session.phase = "settling";
		session.settleTimer = setTimeout(() => {
			session.phase = "ready";
			for (const attachment of this.#attachments.get(daId)?.values() ?? []) {
				void this.#connect(session, attachment);
			}
		}, this.#options.settleMs);
	}

	/** The device was online before a restart: what changes from now on is told it, the rest it may know. */
	restored(daId: string): void {
		const session = this.#sessions.get(daId);
		if (session !== undefined) session.phase = "ready";
	}

	/** Tells some devices that are there of their features once more: another server may have had no time to. */
	repeat(isWanted: (daId: string) => boolean): void {
		for (const [daId, { phase }] of this.#sessions) {
			if (phase === "ready" && isWanted(daId)) this.online(daId);
		}
	}

	offline(daId: string): void {
		const session = this.#sessions.get(daId);
		if (session !== undefined) pause(session);
	}

	/** The device answered a signal, well or not: it is not sent again. */
	answered(daId: string, msgId: string): void {
		const session = this.#sessions.get(daId);
		if (session === undefined) return;
		clearTimeout(session.unanswered.get(msgId)?.timer);
		session.unanswered.delete(msgId);
	}

	stop(): void {
		for (const session of this.#sessions.values()) pause(session);
	}

	#note(key: LinkKey, topic: string): Attachment {
		const attachment = { key, topic };
		const ports = this.#attachments.get(key.daId) ?? new Map<string, Attachment>();
		this.#attachments.set(key.daId, ports.set(portOf(key), attachment));
		return attachment;
	}

	async #connect(session: Session, { key, topic }: Attachment): Promise<void> {
		const msgId = crypto.randomUUID();
		session.connected.add(portOf(key));
		if (!this.#wayOf(key.daId).isAnswered) {
			this.#resendLater(session, key, topic, msgId, this.#options.maxResends);
		}
		await this.#send(key, topic, "CONNECT", msgId);
	}

	#resendLater(session: Session, key: LinkKey, topic: string, msgId: string, left: number): void {
		const timer = setTimeout(() => {
			session.unanswered.delete(msgId);
			if (left > 1) this.#resendLater(session, key, topic, msgId, left - 1);
			void this.#send(key, topic, "CONNECT", msgId);
		}, this.#options.resendMs);
		session.unanswered.set(msgId, { timer, port: portOf(key) });
	}

	async #send(key: LinkKey, topic: string, command: string, msgId: string): Promise<void> {
		const { daId, mode, feature } = key;
		if (!this.#wayOf(daId).isOverMqtt) return;
		const signal = { msg_id: msgId, command, [mode]: feature, topic };
		this.#log.debug("signal", { da_id: daId, command, [mode]: feature, topic });
		try {
			await this.#broker.publish(downlinkOf(daId), JSON.stringify(signal), { qos: 2 });
		} catch (error) {
			this.#log.warn("cannot send signal", { da_id: daId, command, reason: messageOf(error) });
		}
	}
}

function portOf({ mode, feature }: LinkKey): string {
	return `${mode} ${feature}`;
}

function pause(session: Session): void {
	clearTimeout(session.settleTimer);
	stopResending(session, () => true);
	session.phase = "away";
}

function stopResending(session: Session, which: (waiting: { port: string }) => boolean): void {
	for (const [msgId, waiting] of session.unanswered) {
		if (!which(waiting)) continue;
		clearTimeout(waiting.timer);
		session.unanswered.delete(msgId);
	}
}
