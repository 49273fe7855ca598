import { type Block, type Join, type Link, type LinkParam, MAX_LINKS } from "../../contract/mod.ts";
import type { ExportFile } from "./export-file.ts";
import type { BlockModel } from "./model.ts";
import { Refusal } from "./refusal.ts";

/** What the names of a file mean here. */
export interface ImportContext {
	model(name: string): BlockModel | undefined;
	fnId(name: string): number | undefined;
	newId(kind: "do" | "dfo" | "na"): number;
}

type FileJoin = ExportFile["project"]["NetworkApplication"][number];

/**
 * Blocks and joins of a file, with ids of their own.
 * @throws Refusal 400 with everything that is missing here; nothing is half done.
 */
export function importFile(
	{ project }: ExportFile,
	context: ImportContext,
): { blocks: Block[]; joins: Join[] } {
	checkIds(project);
	const missing = new Set<string>();
	/** Id of a feature object in the file → here. */
	const ports = new Map<
		number,
		{ dfo_id: number; isInput: boolean; params: readonly LinkParam[] }
	>();
	const blocks = Object.values(project.DeviceObject).flatMap((object) => {
		const model = context.model(object.dm_name);
		if (model === undefined) missing.add(`Device Model "${object.dm_name}"`);
		const block: Block = {
			do_id: context.newId("do"),
			dm_id: model?.dm_id ?? 0,
			dm_name: object.dm_name,
			seats: object.seats ?? null,
			bindings: [],
			ports: [],
		};
		for (const [id, { df_name, alias_name }] of Object.entries(object.dfo)) {
			const feature = model?.features.find((one) => one.df_name === df_name);
			if (feature === undefined) {
				if (model !== undefined) missing.add(`Device Feature "${df_name}" of "${object.dm_name}"`);
				continue;
			}
			const { params, tags, ...rest } = feature;
			const dfo_id = context.newId("dfo");
			block.ports.push({ ...rest, dfo_id, alias_name, tags: [...tags], param_no: params.length });
			ports.set(Number(id), { dfo_id, isInput: feature.df_type === "input", params });
		}
		return block;
	});
	const fnOf = (name: string | null) => {
		if (name === null) return null;
		const id = context.fnId(name);
		if (id === undefined) missing.add(`Function "${name}"`);
		return id ?? null;
	};
	const joins = project.NetworkApplication.map((one): Join => {
		const { na_name, na_idx, crowd = "each" } = one;
		const fn_id = fnOf(one.MultipleJoin_Module[0]?.fn_name ?? null);
		const links = linksOf(one, ports, fnOf);
		return { na_id: context.newId("na"), na_name, na_idx, fn_id, crowd, links };
	});
	if (missing.size > 0) {
		const names = [...missing];
		throw new Refusal(400, `save error: missing ${names.join(", ")}`, "file", names);
	}
	const sides = new Map([...ports.values()].map(({ dfo_id, isInput }) => [dfo_id, isInput]));
	for (const [index, { links }] of joins.entries()) checkLinks(links, index, sides);
	for (const { DF_Module } of project.NetworkApplication) {
		const unknown = DF_Module.find(({ dfo_id }) => !ports.has(dfo_id));
		if (unknown !== undefined)
			malformed(`feature object ${unknown.dfo_id} is linked but not there`);
	}
	return { blocks, joins };
}

/** @throws Refusal 400: what must be there once is there twice, or there is too much. */
function checkIds({ DeviceObject, NetworkApplication }: ExportFile["project"]): void {
	const seen = new Set<string>();
	for (const [doId, { dfo }] of Object.entries(DeviceObject)) {
		for (const id of Object.keys(dfo)) {
			if (seen.has(id)) malformed(`feature object ${id} is in two device objects`);
			seen.add(id);
		}
		const names = Object.values(dfo).map(({ df_name }) => df_name);
		if (new Set(names).size < names.length) malformed(`device object ${doId} has a feature twice`);
	}
	const places = NetworkApplication.map(({ na_idx }) => na_idx);
	const twice = places.find((place, index) => places.indexOf(place) < index);
	if (twice !== undefined) malformed(`na_idx ${twice} is there twice`);
	const links = NetworkApplication.map(
		({ DF_Module }) => new Set(DF_Module.map(({ dfo_id }) => dfo_id)),
	);
	const count = links.reduce((sum, { size }) => sum + size, 0);
	if (count > MAX_LINKS) malformed(`there are ${count} links, at most ${MAX_LINKS} are possible`);
}

function malformed(what: string): never {
	throw new Refusal(400, `Invalid format: ${what}`, "file");
}

/** Links in their order; inputs as `MultipleJoin_Module` orders them. */
function linksOf(
	{ DF_Module, MultipleJoin_Module }: FileJoin,
	ports: ReadonlyMap<number, { dfo_id: number; params: readonly LinkParam[] }>,
	fnOf: (name: string | null) => number | null,
): Link[] {
	const place = new Map(MultipleJoin_Module.map(({ dfo_id, param_i }) => [dfo_id, param_i]));
	const byPort = Map.groupBy(DF_Module, ({ dfo_id }) => dfo_id);
	const ids = [...byPort.keys()].sort(
		(a, b) => (place.get(a) ?? Number.MAX_VALUE) - (place.get(b) ?? Number.MAX_VALUE),
	);
	return ids.flatMap((id) => {
		const port = ports.get(id);
		const params = port?.params.map((before, i): LinkParam => {
			const row = byPort.get(id)?.find(({ param_i }) => param_i === i);
			if (row === undefined) return before;
			const { idf_type, min, max, normalization, fn_name } = row;
			const fn_id = fnOf(fn_name);
			return { idf_type, min, max, normalization: Boolean(normalization), fn_id };
		});
		return port === undefined || params === undefined ? [] : [{ dfo_id: port.dfo_id, params }];
	});
}

/**
 * @param sides Port → whether it is an input.
 * @throws Refusal 400: the file links what it does not have, or one side only.
 */
function checkLinks(
	links: readonly Link[],
	index: number,
	sides: ReadonlyMap<number, boolean>,
): void {
	const inputs = links.filter(({ dfo_id }) => sides.get(dfo_id) === true).length;
	if (inputs > 0 && inputs < links.length) return;
	malformed(`NetworkApplication ${index} does not link features of both sides`);
}
