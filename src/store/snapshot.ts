import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { FunctionUse, GraphKey, LinkKey } from "../contract/mod.ts";
import { digestOfSource, InputError } from "../kit/mod.ts";
import type { StoreReader } from "./reader.ts";
import type { Store } from "./store.ts";

export const SNAPSHOT_FORMAT = "iotctl export";
export const SNAPSHOT_VERSION = 1;

const Text = Type.String({ minLength: 1, maxLength: 1024 });
const Digest = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Uuid = Type.String({
	pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
});
const Name = Type.String({ minLength: 1, maxLength: 1024, pattern: "^[^/+#\\u0000]+$" });
const Use = Type.Object({
	digest: Type.Union([Digest, Type.Null()]),
	depends: Type.Record(Type.String(), Digest),
});

const Link = Type.Object({
	da_id: Uuid,
	mode: Type.Union([Type.Literal("idf"), Type.Literal("odf")]),
	feature: Text,
	func: Use,
	input_type: Type.Union([
		Type.Literal("sample"),
		Type.Literal("variant"),
		Type.Array(Type.String()),
		Type.Null(),
	]),
	param_no: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
	tag_param_no: Type.Integer({ minimum: 0 }),
	/** Why its function cannot be used. */
	error: Type.Optional(Type.String()),
});

/** Devices, functions and graphs as one JSON object, for `iotctl export` and `import`. */
export const Snapshot = Type.Object({
	format: Type.Literal(SNAPSHOT_FORMAT),
	version: Type.Literal(SNAPSHOT_VERSION),
	devices: Type.Array(
		Type.Object({
			id: Uuid,
			rev: Text,
			name: Type.String(),
			accept_protos: Type.Array(Type.String()),
			idf_list: Type.Union([Type.Array(Type.Unknown()), Type.Null()]),
			odf_list: Type.Union([Type.Array(Type.Unknown()), Type.Null()]),
			profile: Type.Record(Type.String(), Type.Unknown()),
			register_time: Type.Number(),
		}),
	),
	functions: Type.Array(
		Type.Object({ digest: Digest, listed: Type.Boolean(), code: Type.String() }),
	),
	graphs: Type.Array(
		Type.Object({ client: Name, graph: Name, join: Use, links: Type.Array(Link) }),
	),
});
export type Snapshot = Static<typeof Snapshot>;

/** What devices say of themselves: their numbers stay as they were written. */
const Described = Type.Object({
	devices: Type.Array(
		Type.Pick(Snapshot.properties.devices.items, ["idf_list", "odf_list", "profile"]),
	),
});

/**
 * A snapshot whose devices have their numbers as the file has them.
 * @param exact The file, read with `parseExact`.
 */
export function withNumbersAsWritten(snapshot: Snapshot, exact: unknown): Snapshot {
	if (!Value.Check(Described, exact)) return snapshot;
	const devices = snapshot.devices.map((device, index) => {
		const { idf_list, odf_list, profile } = exact.devices[index] ?? device;
		return { ...device, idf_list, odf_list, profile };
	});
	return { ...snapshot, devices };
}

/** What an import did, or would do. */
export interface ImportResult {
	readonly added: number;
	readonly replaced: number;
	readonly removed: number;
}

/** Everything as of one moment. @throws InputError when a stored row cannot be read: half is no export. */
export function takeSnapshot(reader: StoreReader): Snapshot {
	const refuse = (row: string, error: unknown): never => {
		throw new InputError(`stored row ${row} cannot be read: ${String(error)}`);
	};
	return reader.read(({ devices, functions, graphs }) => {
		const links = graphs.allLinks(refuse).map(({ link }) => link);
		return {
			format: SNAPSHOT_FORMAT,
			version: SNAPSHOT_VERSION,
			devices: devices.all(refuse).map((device) => ({
				id: device.id,
				rev: device.rev,
				name: device.name,
				accept_protos: [...device.acceptProtos],
				idf_list: device.idfList === null ? null : [...device.idfList],
				odf_list: device.odfList === null ? null : [...device.odfList],
				profile: { ...device.profile },
				register_time: device.registerTime,
			})),
			functions: functions.list().map(({ digest, listed }) => ({
				digest,
				listed,
				code: functions.code(digest) ?? "",
			})),
			graphs: graphs.all(refuse).map(({ client, graph, join }) => ({
				client,
				graph,
				join: copyOf(join),
				links: links
					.filter((link) => link.client === client && link.graph === graph)
					.map((link) => ({
						da_id: link.daId,
						mode: link.mode,
						feature: link.feature,
						func: copyOf(link.func),
						input_type: inputTypeOf(link.inputType),
						param_no: link.paramNo,
						tag_param_no: link.tagParamNo,
						...(link.error !== null && { error: link.error }),
					})),
			})),
		};
	});
}

/** @throws InputError when parts of a snapshot do not fit together. */
export function checkSnapshot(snapshot: Snapshot): void {
	for (const { digest, code } of snapshot.functions) {
		if (digestOfSource(code) !== digest) {
			throw new InputError(`function ${digest}: its source has another digest`);
		}
	}
	const known = new Set(snapshot.functions.map(({ digest }) => digest));
	for (const { client, graph, join, links } of snapshot.graphs) {
		for (const use of [join, ...links.map(({ func }) => func)]) {
			for (const digest of [use.digest, ...Object.values(use.depends)]) {
				if (digest === null || known.has(digest)) continue;
				throw new InputError(`graph ${client}/${graph}: function ${digest} is not in the file`);
			}
		}
		const keys = new Set<string>();
		for (const { da_id, mode, feature } of links) {
			const key = `${da_id} ${mode} ${feature}`;
			if (keys.has(key)) throw new InputError(`graph ${client}/${graph}: ${key} is there twice`);
			keys.add(key);
		}
	}
}

/**
 * Puts a checked snapshot into the database; belongs inside `Store.write`.
 * @param replaceAll Whether what the snapshot does not have is removed.
 */
export function putSnapshot(store: Store, snapshot: Snapshot, replaceAll: boolean): ImportResult {
	const ignore = () => {};
	const knownDevices = new Set(store.devices.all(ignore).map(({ id }) => id));
	const knownGraphs = new Map(store.graphs.all(ignore).map((key) => [nameOf(key), key]));
	let removed = 0;
	if (replaceAll) {
		const devices = new Set(snapshot.devices.map(({ id }) => id));
		const graphs = new Set(snapshot.graphs.map(nameOf));
		for (const id of knownDevices) {
			if (devices.has(id)) continue;
			store.devices.remove(id);
			removed += 1;
		}
		for (const [name, key] of knownGraphs) {
			if (graphs.has(name)) continue;
			store.graphs.remove(key);
			removed += 1;
		}
		store.functions.unlist(store.functions.list().map(({ digest }) => digest));
	}
	putFunctions(store, snapshot);
	for (const device of snapshot.devices) {
		store.devices.put({
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
	for (const graph of snapshot.graphs) putGraph(store, graph, knownGraphs.has(nameOf(graph)));
	store.functions.sweep();
	const replaced =
		snapshot.devices.filter(({ id }) => knownDevices.has(id)).length +
		snapshot.graphs.filter((graph) => knownGraphs.has(nameOf(graph))).length;
	return { added: snapshot.devices.length + snapshot.graphs.length - replaced, replaced, removed };
}

function putFunctions({ functions }: Store, snapshot: Snapshot): void {
	const now = Date.now();
	functions.add(
		snapshot.functions.filter(({ listed }) => listed),
		now,
	);
	functions.keep(
		snapshot.functions.filter(({ listed }) => !listed),
		now,
	);
}

function putGraph({ graphs }: Store, graph: Snapshot["graphs"][number], isKnown: boolean): void {
	const key: GraphKey = { client: graph.client, graph: graph.graph };
	// Topics that another graph shares live on; others get new ones, which devices hear at their next online.
	if (isKnown) graphs.remove(key);
	graphs.add(key);
	graphs.setJoin(key, graph.join);
	for (const link of graph.links) {
		const linkKey: LinkKey = { daId: link.da_id, mode: link.mode, feature: link.feature };
		const settings = {
			func: link.func,
			inputType: link.input_type,
			paramNo: link.param_no,
			tagParamNo: link.tag_param_no,
			error: link.error ?? null,
		};
		graphs.addLink(key, linkKey, settings, `iottalk/esm/${crypto.randomUUID()}`);
	}
}

function nameOf({ client, graph }: GraphKey): string {
	return `${client}/${graph}`;
}

function copyOf({ digest, depends }: FunctionUse) {
	return { digest, depends: { ...depends } };
}

function inputTypeOf(
	type: string | readonly string[] | null,
): Snapshot["graphs"][number]["links"][number]["input_type"] {
	if (type === null || type === "sample" || type === "variant") return type;
	return typeof type === "string" ? [type] : [...type];
}
