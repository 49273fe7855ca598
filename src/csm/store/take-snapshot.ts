import { type FunctionUse, graphName } from "../../contract/mod.ts";
import { InputError } from "../../kit/mod.ts";
import type { Columns, Db } from "../../store/mod.ts";
import { CsmRows } from "./csm-store.ts";
import type { LinkRecord } from "./links.ts";
import { SNAPSHOT_FORMAT, SNAPSHOT_VERSION, type Snapshot } from "./snapshot.ts";

type GraphPart = Snapshot["graphs"][number];
type LinkPart = GraphPart["links"][number];

/**
 * Everything csm keeps, as of the moment that the handle reads.
 * @throws InputError when a stored row cannot be read: half is not an export.
 */
export async function takeSnapshot(db: Db, columns: Columns): Promise<Snapshot> {
	const rows = new CsmRows(db, columns);
	return {
		format: SNAPSHOT_FORMAT,
		version: SNAPSHOT_VERSION,
		devices: await devicesOf(rows),
		functions: await functionsOf(rows),
		graphs: await graphsOf(rows),
	};
}

function refuse(row: string, error: unknown): never {
	throw new InputError(`stored row ${row} cannot be read: ${String(error)}`);
}

async function devicesOf({ devices }: CsmRows): Promise<Snapshot["devices"]> {
	return (await devices.all(refuse)).map((device) => ({
		id: device.id,
		rev: device.rev,
		name: device.name,
		accept_protos: [...device.acceptProtos],
		idf_list: device.idfList === null ? null : [...device.idfList],
		odf_list: device.odfList === null ? null : [...device.odfList],
		profile: { ...device.profile },
		register_time: device.registerTime,
	}));
}

async function functionsOf({ functions }: CsmRows): Promise<Snapshot["functions"]> {
	const found: Snapshot["functions"] = [];
	for (const { digest, listed } of await functions.list()) {
		found.push({ digest, listed, code: (await functions.code(digest)) ?? "" });
	}
	return found;
}

async function graphsOf({ graphs, links }: CsmRows): Promise<GraphPart[]> {
	const found = (await graphs.all(refuse)).map(
		({ client, graph, join }): GraphPart => ({ client, graph, join: copyOf(join), links: [] }),
	);
	const byName = new Map(found.map((part) => [graphName(part), part]));
	for (const { link } of await links.all(refuse)) {
		byName.get(graphName(link))?.links.push(linkPart(link));
	}
	return found;
}

function linkPart(link: LinkRecord): LinkPart {
	return {
		da_id: link.daId,
		mode: link.mode,
		feature: link.feature,
		func: copyOf(link.func),
		input_type: inputTypeOf(link.inputType),
		param_no: link.paramNo,
		tag_param_no: link.tagParamNo,
		...(link.error !== null && { error: link.error }),
	};
}

function copyOf({ digest, depends }: FunctionUse) {
	return { digest, depends: { ...depends } };
}

function inputTypeOf(type: string | readonly string[] | null): LinkPart["input_type"] {
	if (type === null || type === "sample" || type === "variant") return type;
	return typeof type === "string" ? [type] : [...type];
}
