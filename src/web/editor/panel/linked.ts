import type { Block, Join, Link, Port, ProjectDocument } from "../../../contract/mod.ts";
import { portOf } from "../project/open-project.ts";
import type { FunctionContext } from "./panel-context.ts";

/** A link with what it links. */
export interface Linked {
	readonly link: Link;
	readonly block: Block;
	readonly port: Port;
}

export interface LinkPartProps extends Linked {
	readonly panel: FunctionContext;
	readonly join: Join;
	/** The inputs of the join in the order of `z1 … zn`. */
	readonly inputs: readonly Linked[];
}

/** Whether an input's values go on as others than the device sent. */
export function changesValues({ params }: Link): boolean {
	return params[0]?.fn_id != null || params.some(({ idf_type }) => idf_type === "variant");
}

/** What a join links, by side, in its order. */
export function linkedOf(
	document: ProjectDocument | undefined,
	join: Join,
): { readonly inputs: readonly Linked[]; readonly outputs: readonly Linked[] } {
	const all = join.links.flatMap((link): Linked[] => {
		const place = portOf(document, link.dfo_id);
		return place === undefined ? [] : [{ link, ...place }];
	});
	return {
		inputs: all.filter(({ port }) => port.df_type === "input"),
		outputs: all.filter(({ port }) => port.df_type === "output"),
	};
}
