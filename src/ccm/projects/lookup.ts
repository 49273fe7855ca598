import type { Block, Join, Link, Port, ProjectDocument } from "../../contract/mod.ts";
import { notFound } from "./refusal.ts";

/** @throws Refusal 404 */
export function blockOf(project: ProjectDocument, doId: number): Block {
	const block = project.blocks.find(({ do_id }) => do_id === doId);
	return block ?? notFound(`Device Object id ${doId}`);
}

/** @throws Refusal 404 */
export function joinOf(project: ProjectDocument, naId: number): Join {
	const join = project.joins.find(({ na_id }) => na_id === naId);
	return join ?? notFound(`NetworkApplication id ${naId}`);
}

/** @throws Refusal 404 */
export function linkOf(join: Join, dfoId: number): Link {
	const link = join.links.find(({ dfo_id }) => dfo_id === dfoId);
	return link ?? notFound(`Link of Device Feature Object id ${dfoId}`);
}

/** A port and the block it is on. @throws Refusal 404 */
export function portOf(project: ProjectDocument, dfoId: number): PlacedPort {
	for (const block of project.blocks) {
		const port = block.ports.find(({ dfo_id }) => dfo_id === dfoId);
		if (port !== undefined) return { block, port };
	}
	return notFound(`Device Feature Object id ${dfoId}`);
}

/** A port and the block it is on. */
export interface PlacedPort {
	readonly block: Block;
	readonly port: Port;
}

/** All ports of a project by their ids, for work on many of them. */
export type Ports = ReadonlyMap<number, PlacedPort>;

export function portsOf({ blocks }: ProjectDocument): Ports {
	return new Map(
		blocks.flatMap((block) => block.ports.map((port) => [port.dfo_id, { block, port }] as const)),
	);
}

/** @throws Refusal 404 */
export function portIn(ports: Ports, dfoId: number): PlacedPort {
	return ports.get(dfoId) ?? notFound(`Device Feature Object id ${dfoId}`);
}

/** Whether there is a link of a type. */
export function hasLink(ports: Ports, links: readonly Link[], type: Port["df_type"]): boolean {
	return links.some(({ dfo_id }) => ports.get(dfo_id)?.port.df_type === type);
}

/** A list with one item put at a place; beyond the end means last. */
export function inserted<T>(items: readonly T[], at: number, item: T): T[] {
	return [...items.slice(0, at), item, ...items.slice(at)];
}
