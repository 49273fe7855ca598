import { useComputed } from "@preact/signals";
import type { Block, Port } from "../../../contract/mod.ts";
import { Icon } from "../kit/icons.tsx";
import { readFailure } from "../panel/failure-text.ts";
import { joinIn } from "../project/open-project.ts";
import { texts } from "../texts/texts.ts";
import type { LanesState } from "./lanes-state.ts";
import { wireKey } from "./model.ts";

export interface PortProps {
	readonly lanes: LanesState;
	readonly block: Block;
	readonly port: Port;
}

/** A feature of a block: the whole row is what wires are drawn from and to. */
export function PortRow({ lanes, block, port }: PortProps) {
	const { lanes: t } = texts.value;
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
				aria-label={t.port(block.dm_name, name)}
				aria-pressed={lanes.mayEdit.value ? isFrom.value : undefined}
				title={df_name}
				onClick={() => lanes.pick({ kind: "port", id })}
			>
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
	const wire = useComputed(() => {
		const joins = lanes.project.document.value?.joins ?? [];
		const join = joins.find(({ links }) => links.some((link) => link.dfo_id === dfoId));
		return join === undefined ? undefined : lanes.views.get(wireKey(join.na_id, dfoId));
	});
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
	const { lanes: t } = texts.value;
	const trouble = useComputed(() => troubleOf(lanes, dfoId)).value;
	if (trouble === undefined) return null;
	const [naId, name, reason] = JSON.parse(trouble) as [number, string, string];
	const { message, line } = readFailure(reason);
	return (
		<button
			type="button"
			class="lanes-trouble"
			title={reason}
			onClick={() => lanes.select({ kind: "wire", id: naId, dfoId })}
		>
			<Icon name="warning" />
			<span>{t.trouble(name, message, line)}</span>
		</button>
	);
}

/** As one text, so that the same trouble again draws nothing again. */
function troubleOf({ project }: LanesState, dfoId: number): string | undefined {
	const document = project.document.value;
	if (project.contact.value.state !== "live" || document?.status !== "on") return undefined;
	for (const { na_id, links } of document.joins) {
		if (!links.some(({ dfo_id }) => dfo_id === dfoId)) continue;
		const { state, reason = "" } = project.linkOf(na_id, dfoId).value ?? {};
		const words = state === "failed" ? reason : project.failureOf(na_id, dfoId).value?.reason;
		if (words === undefined) continue;
		return JSON.stringify([na_id, joinIn(document, na_id)?.na_name ?? "", words]);
	}
	return undefined;
}
