import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { digestOfSource, InputError, UUID_PATTERN } from "../../kit/mod.ts";

export const SNAPSHOT_FORMAT = "iotctl export";
export const SNAPSHOT_VERSION = 1;

const Text = Type.String({ minLength: 1, maxLength: 1024 });
const Digest = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Uuid = Type.String({ pattern: UUID_PATTERN });
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
