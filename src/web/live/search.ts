import type { DeviceView, ErrorView, GraphView } from "../../contract/mod.ts";

/** How long after it happened an error counts as current. */
const FRESH_SECONDS = 600;

/** Whether an error is current; older ones are shown, but no longer in red. */
export function isFresh(error: ErrorView | null, nowSeconds: number): boolean {
	return error !== null && nowSeconds - error.at < FRESH_SECONDS;
}

/** Graphs that fit what is looked for: failing ones first, then by name. */
export function findGraphs(
	graphs: ReadonlyMap<string, GraphView>,
	wanted: string,
	nowSeconds: number,
): GraphView[] {
	const isFailing = ({ last_error: error }: GraphView) => Number(isFresh(error, nowSeconds));
	return [...graphs.values()]
		.filter((graph) => fits(wanted, textOf(graph)))
		.toSorted(
			(a, b) => isFailing(b) - isFailing(a) || nameOf(a).localeCompare(nameOf(b), [], NUMERIC),
		);
}

/** Devices that fit what is looked for: those online first, then by name. */
export function findDevices(
	devices: ReadonlyMap<string, DeviceView>,
	wanted: string,
): DeviceView[] {
	const isOnline = ({ state }: DeviceView) => Number(state === "online");
	return [...devices.values()]
		.filter(({ id, name, idf_list: idfs, odf_list: odfs }) =>
			fits(wanted, [id, name, featureNames(idfs), featureNames(odfs)].join(" ")),
		)
		.toSorted(
			(a, b) =>
				isOnline(b) - isOnline(a) ||
				a.name.localeCompare(b.name, [], NUMERIC) ||
				(a.id < b.id ? -1 : 1),
		);
}

/** Whether a device sends and receives over HTTP. */
export function isHttp({ accept_protos: protocols }: DeviceView): boolean {
	return Array.isArray(protocols) && protocols.some((one) => /^http$/i.test(String(one)));
}

/** SDKs send `[name, units]`, but other shapes are accepted. */
export function featureNames(list: unknown): string {
	if (!Array.isArray(list)) return "";
	return list.map((feature) => String(Array.isArray(feature) ? feature[0] : feature)).join(", ");
}

const NUMERIC = { numeric: true };

function nameOf({ client, graph }: GraphView): string {
	return `${graph} ${client}`;
}

function textOf(graph: GraphView): string {
	const uses = [graph.join, ...graph.idfs, ...graph.odfs];
	const links = [...graph.idfs, ...graph.odfs];
	return [
		nameOf(graph),
		...links.flatMap(({ device, feature, da_id: id }) => [device, feature, id]),
		...uses.flatMap(({ func, title }) => [func, title]),
		graph.last_error?.reason,
	].join(" ");
}

/** Every word must be somewhere. */
function fits(wanted: string, text: string): boolean {
	const known = text.toLowerCase();
	return wanted
		.toLowerCase()
		.split(/\s+/)
		.every((word) => known.includes(word));
}

/** Whether a device speaks the older protocol. */
export function isOld({ profile }: DeviceView): boolean {
	return typeof profile === "object" && profile !== null && "v1" in profile && profile.v1 === true;
}
