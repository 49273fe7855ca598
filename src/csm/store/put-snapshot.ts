import { type GraphKey, graphName, type LinkKey } from "../../contract/mod.ts";
import type { Columns, Db } from "../../store/mod.ts";
import { CsmRows } from "./csm-store.ts";
import { LinkTopics } from "./link-topics.ts";
import type { Snapshot } from "./snapshot.ts";

/** What an import did, or would do. */
export interface ImportResult {
	readonly added: number;
	readonly replaced: number;
	readonly removed: number;
}

/**
 * Puts a checked snapshot into the database; belongs inside `Store.write`, with no server running.
 * @param replaceAll Whether what the snapshot does not have is removed.
 */
export async function putSnapshot(
	db: Db,
	columns: Columns,
	snapshot: Snapshot,
	replaceAll: boolean,
): Promise<ImportResult> {
	const rows = new CsmRows(db, columns);
	const { devices, functions, graphs } = rows;
	const ignore = () => {};
	const knownDevices = new Set((await devices.all(ignore)).map(({ id }) => id));
	const knownGraphs = new Map((await graphs.all(ignore)).map((key) => [graphName(key), key]));
	const writer = await GraphWriter.open(rows);
	let removed = 0;
	if (replaceAll) {
		const wantedDevices = new Set(snapshot.devices.map(({ id }) => id));
		const wantedGraphs = new Set(snapshot.graphs.map(graphName));
		for (const id of knownDevices) {
			if (wantedDevices.has(id)) continue;
			await devices.remove(id);
			removed += 1;
		}
		for (const [name, key] of knownGraphs) {
			if (wantedGraphs.has(name)) continue;
			await writer.remove(key);
			removed += 1;
		}
		await functions.unlist((await functions.list()).map(({ digest }) => digest));
	}
	await putFunctions(rows, snapshot);
	for (const device of snapshot.devices) await putDevice(rows, device);
	for (const graph of snapshot.graphs) {
		// Topics that another graph shares live on; others get new ones, which devices hear at their next online.
		if (knownGraphs.has(graphName(graph))) await writer.remove(graph);
		await writer.put(graph);
	}
	await functions.sweep();
	const replaced =
		snapshot.devices.filter(({ id }) => knownDevices.has(id)).length +
		snapshot.graphs.filter((graph) => knownGraphs.has(graphName(graph))).length;
	return { added: snapshot.devices.length + snapshot.graphs.length - replaced, replaced, removed };
}

async function putFunctions({ functions }: CsmRows, snapshot: Snapshot): Promise<void> {
	const now = Date.now();
	await functions.add(
		snapshot.functions.filter(({ listed }) => listed),
		now,
	);
	await functions.keep(
		snapshot.functions.filter(({ listed }) => !listed),
		now,
	);
}

async function putDevice({ devices }: CsmRows, device: Snapshot["devices"][number]): Promise<void> {
	await devices.put({
		id: device.id,
		rev: device.rev,
		name: device.name,
		acceptProtos: device.accept_protos,
		idfList: device.idf_list,
		odfList: device.odf_list,
		profile: device.profile,
		registerTime: device.register_time,
		awaySeconds: 0,
		isOnline: false,
		// Logins do not travel: a device gets its own at its next registration.
		secretHash: null,
		token: null,
		origin: null,
	});
}

/** Writes and removes whole graphs in a database no server uses. */
class GraphWriter {
	readonly #rows: CsmRows;
	readonly #topics: LinkTopics;
	#lastId: number;

	private constructor(rows: CsmRows, topics: LinkTopics, lastId: number) {
		this.#rows = rows;
		this.#topics = topics;
		this.#lastId = lastId;
	}

	static async open(rows: CsmRows): Promise<GraphWriter> {
		const topics = new LinkTopics();
		for (const { link, topic } of await rows.links.all(() => {})) topics.restore(link, topic);
		return new GraphWriter(rows, topics, await rows.links.lastId());
	}

	async remove(key: GraphKey): Promise<void> {
		const keys = await this.#rows.links.removeAll(key);
		await this.#rows.links.removeTopics(keys.filter((link) => this.#topics.release(link)));
		await this.#rows.graphs.remove(key);
	}

	async put({ client, graph, join, links }: Snapshot["graphs"][number]): Promise<void> {
		await this.#rows.graphs.add({ client, graph });
		await this.#rows.graphs.setJoin({ client, graph }, join);
		for (const link of links) {
			const key: LinkKey = { daId: link.da_id, mode: link.mode, feature: link.feature };
			const { topic, isFirst } = this.#topics.claim(key);
			this.#lastId += 1;
			const settings = {
				func: link.func,
				inputType: link.input_type,
				paramNo: link.param_no,
				tagParamNo: link.tag_param_no,
				error: link.error ?? null,
			};
			await this.#rows.links.put(
				{ client, graph, ...key, ...settings, id: this.#lastId, topic },
				isFirst,
			);
		}
	}
}
