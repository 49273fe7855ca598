// Which device objects are simulated, and as what: all of it follows from a project's document (`ccm-gui.md §11`).
import { createHash } from "node:crypto";
import type { Block, ProjectDocument } from "../../contract/mod.ts";
import type { ListedFeature } from "../../csm-client/mod.ts";
import type { Feature, Param } from "../store/port.ts";

/** Simulated devices of one project; more have no place on a screen. */
const MAX_PER_PROJECT = 100;

/** The id of a device object's simulator; of a crowd, of the one on a seat. */
export type SimulatorId = (doId: number, seat?: number) => string;

/** What one value of an input feature is drawn from. */
export interface ValueRange {
	/** Type of the parameter: `int`, `float` and `boolean` have values, all others null. */
	readonly type: string;
	readonly min: number;
	readonly max: number;
}

/** A simulated device as it is to be. */
export interface SimulatedDevice {
	readonly id: string;
	readonly do_id: number;
	/** 0 on a block for one device. */
	readonly seat: number;
	readonly name: string;
	readonly profile: Readonly<Record<string, unknown>>;
	readonly idfs: readonly ListedFeature[];
	readonly odfs: readonly ListedFeature[];
	/** Values of each input feature of the object, with those of its tags behind. */
	readonly values: ReadonlyMap<string, readonly ValueRange[]>;
}

/** A feature of the object's model. */
export interface ModelFeature {
	readonly feature: Feature;
	/** As the model has them. */
	readonly params: readonly Param[];
}

/**
 * Draws ids: the same for an object each time, and not to be guessed without the secret, since a device under such an id
 * is taken for the simulator.
 * @param secret Of this server; another server at the same CSM has other simulators.
 */
export function simulatorIds(secret: string): SimulatorId {
	return (doId, seat = 0) => {
		const place = seat === 0 ? `${doId}` : `${doId} seat ${seat}`;
		const hex = createHash("sha256").update(`simulator ${place} of ${secret}`).digest("hex");
		const at = (from: number, to: number) => hex.slice(from, to);
		return [at(0, 8), at(8, 12), at(12, 16), at(16, 20), at(20, 32)].join("-");
	};
}

/** Whether a device is the simulator its profile says it is. */
export function isSimulator(
	idOf: SimulatorId,
	{ id, profile }: { readonly id: string; readonly profile: Readonly<Record<string, unknown>> },
): boolean {
	const { is_sim, do_id, seat = 0 } = profile;
	if (is_sim !== true || typeof do_id !== "number" || typeof seat !== "number") return false;
	return idOf(do_id, seat) === id;
}

/** A place that a simulated device takes until a device is bound to it. */
export interface SimulatedSeat {
	readonly block: Block;
	/** 0 on a block for one device. */
	readonly seat: number;
}

/**
 * Places that are simulated: in a running project that simulates, those no device is bound to. First seats come first, so
 * that a crowd does not take what a limit leaves to the others.
 */
export function simulatedSeats({ status, sim, blocks }: ProjectDocument): readonly SimulatedSeat[] {
	if (status === "off" || sim === "off") return [];
	return blocks
		.flatMap((block) => {
			const taken = new Set(block.bindings.map(({ seat }) => seat));
			const seats = Array.from({ length: block.seats ?? 1 }, (_, seat) => seat);
			return seats.filter((seat) => !taken.has(seat)).map((seat) => ({ block, seat }));
		})
		.sort((a, b) => a.seat - b.seat)
		.slice(0, MAX_PER_PROJECT);
}

/** The project with its simulators bound; nothing of it is kept, so that no one has to unbind them. */
export function withSimulators(project: ProjectDocument, idOf: SimulatorId): ProjectDocument {
	const byBlock = Map.groupBy(simulatedSeats(project), ({ block }) => block);
	if (byBlock.size === 0) return project;
	const blocks = project.blocks.map((block) => {
		const simulated = (byBlock.get(block) ?? []).map(({ seat }) => ({
			...{ seat, mac_addr: idOf(block.do_id, seat) },
		}));
		const bindings = [...block.bindings, ...simulated].sort((a, b) => a.seat - b.seat);
		return simulated.length === 0 ? block : { ...block, bindings };
	});
	return { ...project, blocks };
}

/** The simulator of a place. @param owner Name of the project's owner; null: unknown. */
export function simulatedDevice(
	project: ProjectDocument,
	{ block, seat }: SimulatedSeat,
	features: readonly ModelFeature[],
	{ idOf, owner }: { readonly idOf: SimulatorId; readonly owner: string | null },
): SimulatedDevice {
	const { do_id, dm_name } = block;
	const id = idOf(do_id, seat);
	const place = block.seats === null ? { do_id } : { do_id, seat };
	const listed = (type: Feature["df_type"]) =>
		features
			.filter(({ feature }) => feature.df_type === type)
			.map(({ feature, params }): ListedFeature => [feature.df_name, params.map(() => null)]);
	const inputs = block.ports.filter(({ df_type }) => df_type === "input");
	return {
		...{ id, do_id, seat, name: `Sim-${id.slice(0, 8)}` },
		profile: { model: dm_name, is_sim: true, ...place, u_name: owner },
		idfs: listed("input"),
		odfs: listed("output"),
		values: new Map(inputs.map((port) => [port.df_name, rangesOf(project, port, features)])),
	};
}

/** The range is the link's, where people set it, else the model's; tags have no values of their own. */
function rangesOf(
	{ joins }: ProjectDocument,
	{ dfo_id, df_id, param_no, tag_param_no }: Block["ports"][number],
	features: readonly ModelFeature[],
): ValueRange[] {
	const links = joins.flatMap((join) => join.links);
	const linked = links.find((link) => link.dfo_id === dfo_id)?.params ?? [];
	const known = features.find(({ feature }) => feature.df_id === df_id)?.params ?? [];
	const values = Array.from({ length: param_no }, (_, i) => {
		const { min = 0, max = 0 } = linked[i] ?? known[i] ?? {};
		return { type: known[i]?.param_type ?? "", min, max };
	});
	const tags = Array.from({ length: tag_param_no }, () => ({ type: "", min: 0, max: 0 }));
	return [...values, ...tags];
}
