import type { REQUESTS } from "../../../contract/mod.ts";
import { attach, detach } from "./attachment.ts";
import { setDfFunc, setJoin } from "./function-changes.ts";
import { addFuncs, rmFuncs } from "./functions.ts";
import { addLink, rmLink } from "./links.ts";
import { getGraph, startMonitor, stopMonitor } from "./monitoring.ts";
import type { Operation } from "./operation.ts";

/** All operations of the graph API, by `op` (`csm.md §4`). */
export const OPERATIONS: Readonly<Record<keyof typeof REQUESTS, Operation>> = {
	attach,
	detach,
	add_funcs: addFuncs,
	rm_funcs: rmFuncs,
	add_link: addLink,
	rm_link: rmLink,
	set_join: setJoin,
	set_df_func: setDfFunc,
	start_monitor: startMonitor,
	stop_monitor: stopMonitor,
	get_graph: getGraph,
};

const BY_NAME: ReadonlyMap<unknown, Operation> = new Map(Object.entries(OPERATIONS));

/** The operation a request names; undefined for one that is missing, unknown or not even text. */
export function operationOf(op: unknown): Operation | undefined {
	return BY_NAME.get(op);
}
