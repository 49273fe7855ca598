import type { ClusterNode } from "../cluster/mod.ts";
import type { SharedWork } from "../csm/mod.ts";
import { STOP_TIMEOUT_MS } from "./core-options.ts";
import type { Works } from "./csm-works.ts";
import type { Part } from "./module.ts";

/** The parts of the server of devices and graphs, in the order of their start. */
export function partsOf(works: Works): Part[] {
	const { devices, http, dataPath, deviceApi, graphs, clientApi, v1, node, shared, owners } = works;
	return [
		{
			name: "devices",
			start: () => devices.start(),
			finish: () => devices.finish(),
			stop: () => devices.stop(),
		},
		{
			name: "devices over HTTP",
			start: () => http.start(),
			finish: () => http.stop(),
			stop: () => http.stop(),
		},
		{
			name: "data path",
			start: () => dataPath.start(),
			finish: () => dataPath.finish(STOP_TIMEOUT_MS),
			stop: () => dataPath.stop(),
		},
		{
			name: "device API",
			start: () => deviceApi.start(),
			opened: () => deviceApi.opened(),
			finish: () => deviceApi.stop(),
		},
		{
			name: "graphs",
			start: () => graphs.start(),
			finish: () => graphs.stop(),
		},
		{
			name: "client API",
			start: () => clientApi.start(),
			finish: () => clientApi.stop(),
		},
		...(v1 === undefined ? [] : [v1Part(v1)]),
		...(node === undefined || shared === undefined ? [] : [nodePart(works, node, shared)]),
		...(owners === undefined ? [] : [{ name: "other nodes", finish: () => owners.stop() }]),
	];
}

/** Behind all that takes what is handed to its partitions. */
function nodePart({ dataPath }: Works, node: ClusterNode, shared: SharedWork): Part {
	return {
		name: "node",
		start: () => shared.start(),
		opened: async () => {
			await node.start();
			// It takes nothing over before they run; one whose name is taken needs none.
			void dataPath.engines.warm();
		},
		finish: () => {
			shared.finish();
			return node.stop();
		},
		stop: () => shared.stop(),
	};
}

/** Behind the graphs, whose links its devices have. */
function v1Part({ devices, server }: NonNullable<Works["v1"]>): Part {
	return {
		name: "older protocol",
		start: () => devices.start(),
		opened: () => server.open(),
		finish: () => server.finish(),
		stop: async () => {
			server.stop();
			await devices.stop();
		},
	};
}
