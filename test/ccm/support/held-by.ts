// What a real CSM has, as it says itself.

import { call, TestGraph } from "../../support/gateway.ts";
import { TestClient } from "../../support/mqtt.ts";
import type { Target } from "../../support/target.ts";
import { CsmModel } from "./csm-model.ts";
import type { Held } from "./expect-graphs.ts";

/** Graphs of a client with all there is to them, and the sources of their joins. */
export async function heldBy(target: Target, client: string): Promise<Held> {
	const held: Held = new CsmModel();
	const mqtt = await TestClient.connect(target.mqtt);
	const listed = JSON.parse((await call(target, "GET", "/api/graphs")).text);
	for (const { client: owner, graph } of listed) {
		if (owner !== client) continue;
		const { request, response } = await TestGraph.open(mqtt, client, graph);
		await mqtt.publish(request, { op: "get_graph" });
		let reply = await mqtt.nextJson(response);
		// The client's own questions are answered there too.
		while (reply.op !== "get_graph") reply = await mqtt.nextJson(response);
		if (reply.state !== "ok") throw new Error(`graph ${graph}: ${JSON.stringify(reply)}`);
		const { links, join } = reply;
		const entries = (links as Record<string, unknown>[]).map(
			({ da_id, idf, odf, func, depends, input_type, param_no, tag_param_no }) =>
				[
					idf === undefined ? `odf ${da_id} ${odf}` : `idf ${da_id} ${idf}`,
					{ func, depends: depends ?? {}, input_type, param_no, tag_param_no },
				] as const,
		);
		const joined = join as { func: unknown; depends: unknown };
		held.graphs.set(graph, { attached: true, links: new Map(entries), join: joined });
		if (typeof joined.func !== "string") continue;
		const { text } = await call(target, "GET", `/api/functions/${joined.func}`);
		held.sources.set(joined.func, text);
	}
	await mqtt.end();
	return held;
}
