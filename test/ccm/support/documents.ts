// Documents for tests, as short as they can be.
import type { Block, Join, Link, Port, ProjectDocument } from "../../../src/contract/mod.ts";

/** A device's UUID from a number. */
export function uuid(number: number): string {
	return `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
}

export function port(changes: Partial<Port> & Pick<Port, "dfo_id" | "df_name">): Port {
	const { df_name } = changes;
	return {
		df_id: 1,
		df_type: /-I\d*$/.test(df_name) ? "input" : "output",
		alias_name: df_name,
		param_no: 1,
		tags: [],
		tag_param_no: 0,
		...changes,
	};
}

/** A block of a device with ports; `device` null: nothing is bound. */
export function block(do_id: number, device: number | null, ports: readonly Port[]): Block {
	return {
		do_id,
		dm_id: 1,
		dm_name: "Model",
		seats: null,
		bindings: device === null ? [] : [{ seat: 0, mac_addr: uuid(device) }],
		ports: [...ports],
	};
}

/** A block of many devices. @param members Seat → device. */
export function crowd(
	do_id: number,
	members: Readonly<Record<number, number>>,
	ports: readonly Port[],
	seats = 40,
): Block {
	const bindings = Object.entries(members).map(([seat, device]) => ({
		...{ seat: Number(seat), mac_addr: uuid(device) },
	}));
	return { ...block(do_id, null, ports), seats, bindings };
}

/** A link whose parameters have these functions; as many parameters as functions. */
export function link(dfo_id: number, ...fns: readonly (number | null)[]): Link {
	const one = { idf_type: "sample" as const, min: 0, max: 0, normalization: false };
	return { dfo_id, params: (fns.length === 0 ? [null] : fns).map((fn_id) => ({ ...one, fn_id })) };
}

export function join(na_id: number, links: readonly Link[], fn_id: number | null = null): Join {
	return { na_id, na_name: `Join ${na_id}`, na_idx: 0, fn_id, crowd: "each", links: [...links] };
}

export function project(
	blocks: readonly Block[],
	joins: readonly Join[],
	changes: Partial<ProjectDocument> = {},
): ProjectDocument {
	return {
		p_id: 1,
		p_name: "plan",
		u_id: 1,
		rev: 0,
		status: "on",
		sim: "off",
		blocks: [...blocks],
		joins: [...joins],
		...changes,
	};
}
