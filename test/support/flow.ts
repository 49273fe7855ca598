// A graph of one device's features with data going in and out of it.
import { expect } from "bun:test";
import { type Json, TestDevice, TestGraph } from "./gateway.ts";
import type { Received } from "./mqtt.ts";
import type { Target } from "./target.ts";

export interface FlowLink extends Json {
	/** Source of the link's function. */
	code?: string;
}

/** The running graph: `send` to its inputs, `receive` from its outputs, by their position. */
export class Flow {
	private constructor(
		readonly device: TestDevice,
		readonly graph: TestGraph,
		readonly idfTopics: string[],
		readonly odfTopics: string[],
	) {}

	/** Builds the graph over the wire; sources are added and named by digest. */
	static async build(
		target: Target,
		spec: { idfs: FlowLink[]; odfs: FlowLink[]; join?: string },
	): Promise<Flow> {
		const device = await TestDevice.register(target);
		const graph = await TestGraph.open(device.client);
		await graph.ok({ op: "attach" });
		await device.say("online");
		const flow = new Flow(device, graph, [], []);
		for (const link of spec.idfs) await flow.addLink("idf", link);
		for (const link of spec.odfs) await flow.addLink("odf", link);
		if (spec.join !== undefined) await flow.setJoin(spec.join);
		return flow;
	}

	async addLink(mode: "idf" | "odf", { code, ...fields }: FlowLink): Promise<void> {
		const topics = mode === "idf" ? this.idfTopics : this.odfTopics;
		const [func] = code === undefined ? [] : await this.graph.addFunctions(code);
		const name = { da_id: this.device.id, [mode]: `${mode}${topics.length}` };
		await this.graph.ok({ op: "add_link", ...name, func, ...fields });
		const topic = String((await this.device.signal()).topic);
		topics.push(topic);
		if (mode === "odf") await this.device.client.subscribe(topic);
	}

	async setJoin(code: string | null): Promise<void> {
		const [digest = null] = code === null ? [] : await this.graph.addFunctions(code);
		await this.graph.ok({ op: "set_join", new: digest });
	}

	/** Sends data to an input; text goes as it is. */
	async send(payload: unknown, input = 0): Promise<void> {
		await this.device.client.publish(this.idfTopics[input] ?? "", payload, { qos: 0 });
	}

	/** The next message of an output. */
	receive(output = 0, ms?: number): Promise<Received> {
		return this.device.client.next(this.odfTopics[output] ?? "", ms);
	}

	/** Sends and expects exactly this next on the output, compared as JSON. */
	async expect(payload: unknown, wanted: unknown, input = 0, output = 0): Promise<void> {
		await this.send(payload, input);
		expect(JSON.parse((await this.receive(output)).text)).toEqual(wanted);
	}
}

/** Has a graph watched; gives the next failure that its monitor shows. */
export async function failuresOf({ graph, device }: Flow): Promise<() => Promise<string>> {
	const { monitor_topics } = await graph.ok({ op: "start_monitor" });
	await device.client.subscribe(String(monitor_topics));
	return async () => {
		for (;;) {
			const { op, data } = await device.client.nextJson(String(monitor_topics));
			if (op === "esm_error") return String((data as Json).msg);
		}
	};
}
