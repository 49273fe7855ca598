import type { Block, ProjectDocument } from "../../../contract/mod.ts";
import type { Selection } from "../routes.ts";

/** Which block phones are invited to: the selected one, or the only one with seats; undefined: the reader chooses. */
export function invitedBlock(
	{ blocks }: Pick<ProjectDocument, "blocks">,
	selection: Selection | undefined,
): Block | undefined {
	const crowds = blocks.filter(({ seats }) => seats !== null);
	const selected = crowds.find((block) => isIn(block, selection));
	if (selected !== undefined) return selected;
	return crowds.length === 1 ? crowds[0] : undefined;
}

/** Blocks to choose from: those with seats first, then those with inputs, which is what phones mostly are. */
export function inOrder(blocks: readonly Block[]): Block[] {
	const rank = ({ seats, ports }: Block) => {
		if (seats !== null) return 0;
		return ports.some(({ df_type }) => df_type === "input") ? 1 : 2;
	};
	return blocks.toSorted((a, b) => rank(a) - rank(b));
}

function isIn({ do_id, ports }: Block, selection: Selection | undefined): boolean {
	if (selection?.kind === "block") return selection.id === do_id;
	return selection?.kind === "port" && ports.some(({ dfo_id }) => dfo_id === selection.id);
}
