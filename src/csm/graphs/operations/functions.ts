import { graphName, REQUESTS } from "../../../contract/mod.ts";
import { graphOperation } from "./operation.ts";

/** `add_funcs`: brings sources into the server's store (`csm.md §4.3`). */
export const addFuncs = graphOperation(
	REQUESTS.add_funcs,
	async ({ sources, requests, log }, { graph, request, fields: { codes, digests } }) => {
		if (request.aliases !== undefined) log.warn("add_funcs: `aliases` is ignored");
		const reply = { op: "add_funcs", state: "ok", digests };
		const name = graphName(graph.key);
		await sources.add(codes, digests, { graph: name, answer: requests.answer(name, reply) });
		return reply;
	},
);

/** `rm_funcs`: links and joins keep theirs (`csm.md §4.3`). */
export const rmFuncs = graphOperation(
	REQUESTS.rm_funcs,
	async ({ sources, requests }, { graph, fields: { digests } }) => {
		const reply = { op: "rm_funcs", state: "ok", digests };
		const name = graphName(graph.key);
		await sources.remove(digests, { graph: name, answer: requests.answer(name, reply) });
		return reply;
	},
);
