import type { Block, FeatureType, Port, ProjectDocument } from "../../../contract/mod.ts";

/** Where something is connected: a port, or a join as a whole. */
export interface End {
	readonly kind: "port" | "join";
	readonly id: number;
}

/** A link as it is drawn: between a port and a join. */
export interface WireRef {
	/** For lists: `na_id` and `dfo_id`. */
	readonly key: string;
	readonly naId: number;
	readonly dfoId: number;
	readonly side: FeatureType;
	/** Whether a function of its own changes the values. */
	readonly hasFunction: boolean;
	readonly block: Block;
	readonly port: Port;
}

export function wireKey(naId: number, dfoId: number): string {
	return `${naId}-${dfoId}`;
}

/** The ports of one side; a block without any is not in that lane. */
export function portsOn({ ports }: Block, side: FeatureType): readonly Port[] {
	return ports.filter(({ df_type }) => df_type === side);
}

/** The blocks of a lane, in the order of the document. */
export function blocksOn(blocks: readonly Block[], side: FeatureType): readonly Block[] {
	return blocks.filter(({ ports }) => ports.some(({ df_type }) => df_type === side));
}

/** All ports by `dfo_id`, with their blocks. */
export function portIndex({ blocks }: Pick<ProjectDocument, "blocks">) {
	return new Map(
		blocks.flatMap((block) => block.ports.map((port) => [port.dfo_id, { block, port }] as const)),
	);
}

/** All links, in the order of joins and of their ports. */
export function wiresOf(document: Pick<ProjectDocument, "blocks" | "joins">): readonly WireRef[] {
	const places = portIndex(document);
	return document.joins.flatMap(({ na_id, links }) => {
		return links.flatMap(({ dfo_id, params }) => {
			const place = places.get(dfo_id);
			if (place === undefined) return [];
			const ids = { key: wireKey(na_id, dfo_id), naId: na_id, dfoId: dfo_id };
			const hasFunction = params.some(({ fn_id }) => fn_id !== null);
			return [{ ...ids, side: place.port.df_type, hasFunction, ...place }];
		});
	});
}
