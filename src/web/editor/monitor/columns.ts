import type { Join, Port, ProjectDocument } from "../../../contract/mod.ts";
import { changesValues } from "../panel/linked.ts";
import { portOf } from "../project/open-project.ts";

/** One value of a monitor's rows. */
export interface Column {
	/** Short and unique in its monitor: `x1`, `z`, `y2`; with several inputs `1.x1`. */
	readonly label: string;
	/** Whose value: null is the join's. */
	readonly dfoId: number | null;
	/** `input`: before the function of an input; `seat`: not a value, but of which member of a crowd it is, from 1. */
	readonly from: "input" | "value" | "seat";
	/** Which of the values, from 0; null: all of them as one. */
	readonly index: number | null;
}

/** Columns of one port, or of the join. */
export interface ColumnGroup {
	readonly kind: "seat" | "input" | "join" | "output";
	/** What a person calls it; empty for the join and the seat. */
	readonly name: string;
	readonly columns: readonly Column[];
}

const SEAT: ColumnGroup = {
	kind: "seat",
	name: "",
	columns: [{ label: "seat", dfoId: null, from: "seat", index: null }],
};

/** More values of one feature are shown as one: a table that wide cannot be read. */
const MAX_VALUES = 16;

/**
 * Columns of a join in the order of its data: inputs as they came (`x`), what their functions made of them (`z1 … zn`,
 * where that differs), what the join gave (`z`), outputs (`y`).
 */
export function columnsOf(
	document: ProjectDocument | undefined,
	join: Join,
): readonly ColumnGroup[] {
	const places = join.links.flatMap((link) => {
		const place = portOf(document, link.dfo_id);
		return place === undefined ? [] : [{ link, ...place }];
	});
	const inputs = places.filter(({ port }) => port.df_type === "input");
	const outputs = places.filter(({ port }) => port.df_type === "output");
	const isOne = inputs.length === 1;
	const isCrowd = places.some(
		({ block, port }) => port.df_type === "input" && block.seats !== null,
	);
	return [
		...(isCrowd ? [SEAT] : []),
		...inputs.map(({ link, port }, index): ColumnGroup => {
			const isChanged = changesValues(link);
			const dfoId = port.dfo_id;
			const made: Column = { label: `z${index + 1}`, dfoId, from: "value", index: null };
			return {
				kind: "input",
				name: port.alias_name,
				columns: [
					...valuesOf(port, isOne ? "x" : `${index + 1}.x`, "input"),
					...(isChanged ? [made] : []),
				],
			};
		}),
		{ kind: "join", name: "", columns: [{ label: "z", dfoId: null, from: "value", index: null }] },
		...outputs.map(
			({ port }, index): ColumnGroup => ({
				kind: "output",
				name: port.alias_name,
				columns: valuesOf(port, outputs.length === 1 ? "y" : `${index + 1}.y`, "value"),
			}),
		),
	];
}

function valuesOf(port: Port, label: string, from: Column["from"]): Column[] {
	// Values of tags pass a join by; no record has them (`csm.md §6`).
	const { dfo_id: dfoId, param_no: count } = port;
	if (count === 0 || count > MAX_VALUES) return [{ label, dfoId, from, index: null }];
	return Array.from({ length: count }, (_, index) => {
		return { label: `${label}${index + 1}`, dfoId, from, index };
	});
}
