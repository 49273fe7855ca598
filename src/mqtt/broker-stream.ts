import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { BrokenRule } from "./broken-rules.ts";
import { type BrokerAddress, openSocket } from "./broker-socket.ts";
import { Outbox } from "./outbox.ts";
import { CONNACK, PacketReader, type PacketRules } from "./packet-reader.ts";
import { ServerRules } from "./server-rules.ts";

const RULES: PacketRules = {
	first: CONNACK,
	/** The most MQTT can express (`MQTT 3.1.1 §2.2.3`). */
	maxBytes: 268_435_455,
	maxFirstBytes: 16 << 10,
};

/**
 * The connection to another program's broker as the Duplex MQTT.js works on, with a fast path past it for QoS 0
 * messages that come: MQTT.js takes several times as long for one as the broker itself. What breaks a rule of MQTT 3.1.1
 * ends it; MQTT.js would go on as if that packet had not come, or wait for another one.
 */
export class BrokerStream extends Duplex {
	readonly #socket: Socket;
	readonly #reader: PacketReader;
	#ignoresInput = false;
	readonly #outbox = new Outbox((data) => {
		this.#socket.write(data);
		return data.length;
	});

	/** @param takePlain Takes a message of QoS 0; returns false when MQTT.js is to do it. */
	constructor(
		address: BrokerAddress,
		takePlain: (topic: Uint8Array, payload: Uint8Array) => boolean,
	) {
		super({ allowHalfOpen: false });
		const rules = new ServerRules();
		const judge: PacketRules["judge"] = (...packet) => rules.judge(...packet);
		this.#reader = new PacketReader({ ...RULES, judge }, takePlain);
		this.#socket = openSocket(address, (error) => this.destroy(error));
		this.#socket.on("data", (chunk: Buffer) => this.#work(chunk));
		this.#socket.on("error", (error) => this.destroy(error));
		this.#socket.on("close", () => this.destroy());
	}

	/** Takes nothing more from the broker; resolves when MQTT.js has worked on what came before. */
	async hush(): Promise<void> {
		this.#ignoresInput = true;
		const { promise, resolve } = Promise.withResolvers<void>();
		const look = () => {
			if (this.readableLength > 0 && !this.destroyed) setImmediate(look);
			else setImmediate(resolve);
		};
		look();
		await promise;
	}

	override _read(): void {
		if (this.#socket.isPaused()) this.#socket.resume();
	}

	override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
		this.#outbox.add(chunk);
		this.#outbox.leaveSoon(true);
		done();
	}

	override _final(done: (error?: Error) => void): void {
		this.#outbox.flush();
		this.#socket.end(() => done());
	}

	override _destroy(error: Error | null, done: (error: Error | null) => void): void {
		this.#outbox.clear();
		this.#socket.destroy();
		done(error);
	}

	#work(chunk: Buffer): void {
		if (this.#ignoresInput) return;
		const passed = this.#reader.read(chunk);
		if (typeof passed === "string") {
			this.destroy(new BrokenRule(passed));
			return;
		}
		for (const bytes of passed) {
			if (!this.push(bytes)) this.#socket.pause();
		}
	}
}
