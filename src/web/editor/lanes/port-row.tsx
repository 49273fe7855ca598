import { useComputed } from "@preact/signals";
import type { Block, Port } from "../../../contract/mod.ts";
import type { LanesState } from "./lanes-state.ts";
import { wireKey } from "./model.ts";
import { Trouble } from "./trouble.tsx";
import type { WireView } from "./wire-view.ts";

export interface PortProps {
	readonly lanes: LanesState;
	readonly block: Block;
	readonly port: Port;
}

/** A feature of a block: the whole row is what wires are drawn from and to. */
export function PortRow({ lanes, block, port }: PortProps) {
	const { dfo_id: id, df_type: side, df_name, alias_name: name } = port;
	const isFrom = useComputed(() => {
		const { value: from } = lanes.connector.from;
		return from?.kind === "port" && from.id === id;
	});
	const classes = useComputed(() => {
		const { selection, connector } = lanes;
		const isSelected = selection.value?.kind === "port" && selection.value.id === id;
		const isOver = connector.over.value?.kind === "port" && connector.over.value.id === id;
		return [
			`lanes-port lanes-of-${side}`,
			isSelected && "lanes-selected",
			isFrom.value && "lanes-from",
			isOver && "lanes-over",
		]
			.filter(Boolean)
			.join(" ");
	});
	return (
		<li>
			<button
				type="button"
				class={classes}
				data-port={id}
				data-end={`port ${id}`}
				data-anchor={id}
				data-side={side}
				aria-pressed={lanes.mayEdit.value ? isFrom.value : undefined}
				title={df_name}
				onClick={() => lanes.pick({ kind: "port", id })}
			>
				<span class="kit-unseen">{block.dm_name} </span>
				<span class="lanes-port-name">{name}</span>
				<PortValue lanes={lanes} dfoId={id} />
				<span class="lanes-dot" />
			</button>
			<PortTrouble lanes={lanes} dfoId={id} />
		</li>
	);
}

interface OwnProps {
	readonly lanes: LanesState;
	readonly dfoId: number;
}

/** What a port's first wire carries, where there is no room for it on the wire. */
function PortValue({ lanes, dfoId }: OwnProps) {
	if (!lanes.isNarrow.value) return null;
	return <NarrowValue lanes={lanes} dfoId={dfoId} />;
}

function NarrowValue({ lanes, dfoId }: OwnProps) {
	const wire = useComputed(() => viewsOf(lanes, dfoId)[0]);
	const text = useComputed(() => wire.value?.text.value ?? "");
	const classes = useComputed(
		() => `lanes-port-value lanes-is-${wire.value?.state.value ?? "off"}`,
	);
	return (
		<span class={classes} aria-hidden="true">
			{text}
		</span>
	);
}

/** The first thing that is wrong with a port's links, where it is. */
function PortTrouble({ lanes, dfoId }: OwnProps) {
	const wire = useComputed(() =>
		viewsOf(lanes, dfoId).find(({ trouble }) => trouble.value !== undefined),
	).value;
	const reason = wire?.trouble.value;
	if (wire === undefined || reason === undefined) return null;
	const { naId } = wire.ref.peek();
	const name = lanes.names.of({ kind: "join", id: naId });
	return (
		<Trouble
			reason={reason}
			name={name}
			onClick={() => lanes.select({ kind: "wire", id: naId, dfoId })}
		/>
	);
}

/** The wires of a port, in the order of its joins. */
function viewsOf({ project, views }: LanesState, dfoId: number): WireView[] {
	const joins = project.document.value?.joins ?? [];
	return joins.flatMap(({ na_id }) => views.get(wireKey(na_id, dfoId)) ?? []);
}
