import { Type } from "@sinclair/typebox";
import { OwnerView } from "../contract/mod.ts";
import { failure, plainJson, type Route, reject, route } from "../http/mod.ts";
import { StorageError } from "../kit/mod.ts";

/** As long as names of graphs may be, twice. */
const MAX_KEY = 600;

/** Which node of a cluster has a graph or device: each shows what is its own. */
export function ownerRoute(node: { whoHas(key: string): Promise<OwnerView> }): Route[] {
	return [
		route({
			method: "GET",
			path: "/api/cluster/owner",
			summary: "Which node of the cluster has a device or graph, registered or not",
			who: "admin",
			query: Type.Object({
				of: Type.String({
					minLength: 1,
					maxLength: MAX_KEY,
					description: "Id of a device, or CLIENT/GRAPH.",
				}),
			}),
			replies: {
				200: { description: "the current state", schema: OwnerView },
				400: failure("no device or graph is named"),
				503: failure("the database does not answer"),
			},
			run: async ({ call }) => {
				const key = new URL(call.request.url).searchParams.get("of") ?? "";
				if (key === "" || key.length > MAX_KEY) {
					return reject(400, 'name a device or graph with "of": an id, or CLIENT/GRAPH');
				}
				try {
					return plainJson(await node.whoHas(key));
				} catch (error) {
					if (error instanceof StorageError) return reject(503, error.message);
					throw error;
				}
			},
		}),
	];
}
