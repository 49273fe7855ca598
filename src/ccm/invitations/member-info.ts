import type { Block, MemberFeature, MemberInfo, ProjectDocument } from "../../contract/mod.ts";
import type { ListedFeature } from "../../csm-client/mod.ts";
import type { SeatRecord } from "../store/invitation-port.ts";
import type { CcmTables, Feature, Param } from "../store/port.ts";

/** The unit of what has none. */
const NO_UNIT = 1;

interface ModelFeature {
	readonly feature: Feature;
	/** As the model has them. */
	readonly params: readonly Param[];
}

/** All features of a block's model, which its phones register with: those the block shows may become more. */
export async function featuresOf(tables: CcmTables, { dm_id }: Block): Promise<ModelFeature[]> {
	const found: ModelFeature[] = [];
	for (const { df_id, params } of (await tables.models.get(dm_id))?.members ?? []) {
		const feature = await tables.features.get(df_id);
		if (feature !== undefined) found.push({ feature, params });
	}
	return found;
}

/** Features as they are registered. */
export function listed(
	features: readonly ModelFeature[],
	type: Feature["df_type"],
): ListedFeature[] {
	return features
		.filter(({ feature }) => feature.df_type === type)
		.map(({ feature, params }) => [feature.df_name, params.map(() => null)]);
}

/** What a phone on a seat is told. */
export async function memberInfo(
	tables: CcmTables,
	{ p_name }: ProjectDocument,
	block: Block,
	{ da_id, seat, nickname }: SeatRecord,
): Promise<Omit<MemberInfo, "https">> {
	const { do_id, dm_name: model, bindings, ports } = block;
	const [device] = await tables.devices.list({ mac_addr: da_id });
	const ofModel = new Map(
		(await featuresOf(tables, block)).map((one) => [one.feature.df_id, one.params]),
	);
	const units = new Map(
		(await tables.units.list()).map(({ unit_id, unit_name }) => [unit_id, unit_name]),
	);
	const bound = bindings.find(({ mac_addr }) => mac_addr === da_id)?.seat ?? seat;
	const features = ports.map(({ df_id, df_name: name, df_type: type }): MemberFeature => {
		const params = (ofModel.get(df_id) ?? []).map(({ param_type, min, max, unit_id }) => {
			const unit = unit_id === NO_UNIT ? undefined : units.get(unit_id);
			return { type: param_type, min, max, ...(unit !== undefined && { unit }) };
		});
		return { name, type, params };
	});
	return {
		...{ seat: bound, name: device?.d_name ?? phoneName(block, bound) },
		nickname: nickname === "" ? null : nickname,
		...{ project: p_name, block: do_id, model, features },
	};
}

/** The name a phone registers with; it says nothing of whose it is. */
export function phoneName({ dm_name }: Block, seat: number): string {
	return `${dm_name}-${seat + 1}`;
}
