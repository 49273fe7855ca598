import { REQUESTS } from "../../../contract/mod.ts";
import { graphOperation } from "./operation.ts";

/** `add_funcs`: brings sources into the server's store (`csm.md §4.3`). */
export const addFuncs = graphOperation(
	REQUESTS.add_funcs,
	async ({ sources, log }, { request, fields: { codes, digests } }) => {
		if (request.aliases !== undefined) log.warn("add_funcs: `aliases` is ignored");
		await sources.add(codes, digests);
		return { op: "add_funcs", state: "ok", digests };
	},
);

/** `rm_funcs`: links and joins keep theirs (`csm.md §4.3`). */
export const rmFuncs = graphOperation(
	REQUESTS.rm_funcs,
	async ({ sources }, { fields: { digests } }) => {
		await sources.remove(digests);
		return { op: "rm_funcs", state: "ok", digests };
	},
);
