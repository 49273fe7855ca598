import type { Block } from "../../../contract/mod.ts";
import { Button } from "../kit/button.tsx";
import { texts } from "../texts/texts.ts";
import { BlockDevices } from "./block-devices.tsx";
import { BlockFeatures } from "./block-features.tsx";
import { applyAndSay, type PanelContext } from "./panel-context.ts";
import "./block-panel.css";

interface BlockProps {
	readonly panel: PanelContext;
	readonly block: Block;
}

/** A block: its device, and which features of its model take part. */
export function BlockPanel({ panel, block }: BlockProps) {
	const words = texts.value.panel.block;
	const { do_id, dm_name } = block;
	const remove = async () => {
		const changes = [{ kind: "remove_block", do_id }] as const;
		if (await applyAndSay(panel, changes, () => words.removed(dm_name))) panel.onSelect(undefined);
	};
	return (
		<>
			{panel.canEdit && (
				<div class="panel-actions">
					<Button icon="trash" onClick={() => void remove()}>
						{words.remove}
					</Button>
				</div>
			)}
			<h3>{words.device}</h3>
			<BlockDevices panel={panel} block={block} />
			<h3>{words.features}</h3>
			<BlockFeatures panel={panel} block={block} />
		</>
	);
}
