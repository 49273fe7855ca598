import type { Join } from "../../../contract/mod.ts";
import { Button } from "../kit/button.tsx";
import { texts } from "../texts/texts.ts";
import { LinkCard } from "./link-card.tsx";
import { linkedOf } from "./linked.ts";
import type { PanelContext } from "./panel-context.ts";
import { useJoinTools } from "./use-join-tools.ts";

interface WireProps {
	readonly panel: PanelContext;
	readonly join: Join;
	readonly dfoId: number;
}

/** One link by itself. */
export function WirePanel({ panel: context, join, dfoId }: WireProps) {
	const panel = { ...context, ...useJoinTools(context, join.na_id) };
	const words = texts.value.panel.wire;
	const { inputs, outputs } = linkedOf(panel.project.document.value, join);
	const at = inputs.findIndex(({ port }) => port.dfo_id === dfoId);
	const linked = inputs[at] ?? outputs.find(({ port }) => port.dfo_id === dfoId);
	return (
		<>
			<div class="panel-actions">
				<Button icon="link" onClick={() => panel.onSelect({ kind: "join", id: join.na_id })}>
					{words.toJoin}
				</Button>
				<Button icon="next" onClick={() => panel.onSelect({ kind: "port", id: dfoId })}>
					{words.toPort}
				</Button>
			</div>
			{linked !== undefined && (
				<LinkCard
					{...{ panel, join, inputs }}
					{...linked}
					level="h3"
					label={at >= 0 && inputs.length > 1 ? `z${at + 1}` : ""}
				/>
			)}
		</>
	);
}
