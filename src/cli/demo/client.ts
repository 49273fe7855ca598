import { randomUUID } from "node:crypto";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { MqttClient } from "mqtt";
import { apiTopics, downlinkOf, graphPath, uplinkOf } from "../../contract/mod.ts";
import { InvariantError } from "../../kit/mod.ts";

const Registered = Type.Object({ rev: Type.String() });
const Signal = Type.Object({
	command: Type.String(),
	msg_id: Type.String(),
	topic: Type.Optional(Type.String()),
});

/** A device's name and what it has. */
export interface DemoDevice {
	readonly name: string;
	readonly idf_list?: readonly unknown[];
	readonly odf_list?: readonly unknown[];
}

/** Speaks to a server as devices and programs do: over HTTP and MQTT. */
export class DemoClient {
	readonly #http: string;
	readonly #mqtt: MqttClient;
	/** By topic. */
	readonly #readers = new Map<string, (payload: string) => void>();

	/** @param http Address of the server. @param mqtt Connected. */
	constructor(http: string, mqtt: MqttClient) {
		this.#http = http;
		this.#mqtt = mqtt;
		// A server that stops closes the connection.
		mqtt.on("error", () => {});
		mqtt.on("message", (topic, payload) => this.#readers.get(topic)?.(payload.toString()));
	}

	/**
	 * Registers a device, which answers its signals from then on.
	 * @returns its id, and the topic of its one feature once there is a link.
	 */
	async device(device: DemoDevice): Promise<{ id: string; topic: Promise<string> }> {
		const id = randomUUID();
		const response = await fetch(`${this.#http}/${id}`, {
			method: "PUT",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({
				...{ idf_list: null, odf_list: null, ...device },
				...{ accept_protos: ["mqtt"], profile: { model: "Demo" } },
			}),
		});
		const answer: unknown = await response.json();
		if (!Value.Check(Registered, answer)) throw new InvariantError("the device was not registered");
		const { promise: topic, resolve } = Promise.withResolvers<string>();
		await this.read(downlinkOf(id), (payload) => {
			const signal: unknown = JSON.parse(payload);
			if (!Value.Check(Signal, signal)) return;
			this.send(uplinkOf(id), { state: "ok", msg_id: signal.msg_id });
			if (signal.command === "CONNECT" && signal.topic !== undefined) resolve(signal.topic);
		});
		this.send(uplinkOf(id), { state: "online", rev: answer.rev });
		return { id, topic };
	}

	/** Carries out operations of the graph API, one after another. */
	async graph(name: string, operations: readonly object[]): Promise<void> {
		const { req, res } = apiTopics(graphPath({ client: "demo", graph: name }));
		let answered = Promise.withResolvers<string>();
		await this.read(res, (payload) => answered.resolve(payload));
		for (const operation of operations) {
			answered = Promise.withResolvers();
			this.send(req, operation);
			const reply = await answered.promise;
			if (!reply.includes('"state":"ok"'))
				throw new InvariantError(`the graph was refused: ${reply}`);
		}
	}

	/** Subscribes. */
	async read(topic: string, reader: (payload: string) => void): Promise<void> {
		this.#readers.set(topic, reader);
		await this.#mqtt.subscribeAsync(topic, { qos: 1 });
	}

	send(topic: string, payload: unknown): void {
		this.#mqtt.publish(topic, JSON.stringify(payload), { qos: 1 });
	}

	async end(): Promise<void> {
		await this.#mqtt.endAsync(true);
	}
}
