import { useComputed } from "@preact/signals";
import type { Join } from "../../../contract/mod.ts";
import { Icon } from "../kit/icons.tsx";
import { Menu, type MenuItem } from "../kit/menu.tsx";
import { texts } from "../texts/texts.ts";
import type { LanesState } from "./lanes-state.ts";
import { Trouble } from "./trouble.tsx";
import { shortValue } from "./value-text.ts";

export interface JoinProps {
	readonly lanes: LanesState;
	readonly join: Join;
}

/** A join: what is done with it is below it while it is selected. */
export function JoinCard({ lanes, join }: JoinProps) {
	const { na_id: id, na_name: name, fn_id: fnId } = join;
	const isSelected = useComputed(
		() => lanes.selection.value?.kind === "join" && lanes.selection.value.id === id,
	);
	const classes = useComputed(() => {
		const { from, over } = lanes.connector;
		const is = (end: typeof from.value) => end?.kind === "join" && end.id === id;
		return [
			"lanes-join-button",
			isSelected.value && "lanes-selected",
			is(from.value) && "lanes-from",
			is(over.value) && "lanes-over",
			reasonOf(lanes, id) !== undefined && "lanes-join-bad",
		]
			.filter(Boolean)
			.join(" ");
	});
	return (
		<li class="lanes-join" data-join-item={id}>
			<button
				type="button"
				class={classes}
				data-join={id}
				data-end={`join ${id}`}
				title={name}
				onClick={() => lanes.pick({ kind: "join", id })}
			>
				<span class="lanes-dot lanes-dot-in" />
				<span class="lanes-join-name">{name}</span>
				{fnId !== null && <FunctionName lanes={lanes} fnId={fnId} />}
				<JoinValue lanes={lanes} naId={id} />
				<span class="lanes-dot lanes-dot-out" />
			</button>
			<JoinTrouble lanes={lanes} join={join} />
			{isSelected.value && <JoinMenu lanes={lanes} join={join} />}
		</li>
	);
}

function FunctionName({ lanes, fnId }: { readonly lanes: LanesState; readonly fnId: number }) {
	return (
		<small class="lanes-function">
			<Icon name="function" />
			<span>{lanes.functions.of(fnId)}</span>
		</small>
	);
}

/** What the join function gave last. */
function JoinValue({ lanes, naId }: { readonly lanes: LanesState; readonly naId: number }) {
	const text = useComputed(() => {
		const { project } = lanes;
		const isLive = project.contact.value.state === "live";
		if (!isLive || project.document.value?.status !== "on") return "";
		const value = project.valueOf(naId, null).value;
		return value === undefined ? "" : shortValue(value.value);
	});
	return (
		<span class="lanes-join-value" aria-hidden="true">
			{text}
		</span>
	);
}

/** What is wrong with the join itself: what can be told of one wire is shown there. */
function reasonOf({ project }: LanesState, naId: number): string | undefined {
	if (project.contact.value.state !== "live") return undefined;
	if (project.document.value?.status !== "on") return undefined;
	const { state, reason = "" } = project.joinOf(naId).value ?? {};
	if (state === "failed") return reason;
	return project.failureOf(naId, null).value?.reason;
}

function JoinTrouble({ lanes, join: { na_id: id } }: JoinProps) {
	const reason = useComputed(() => reasonOf(lanes, id)).value;
	if (reason === undefined) return null;
	return <Trouble reason={reason} onClick={() => lanes.select({ kind: "join", id })} />;
}

function JoinMenu({ lanes, join: { na_id: id, na_name } }: JoinProps) {
	const { lanes: t } = texts.value;
	const items: MenuItem[] = [
		{ text: t.details, icon: "info", run: () => lanes.select({ kind: "join", id }) },
		{
			text: t.onlyLinked,
			icon: "filter",
			run: () => {
				lanes.seed.value = { kind: "join", id };
			},
		},
	];
	if (lanes.mayEdit.value) {
		const run = () => void lanes.remove({ kind: "join", id });
		items.push("line", { text: t.remove, icon: "trash", isDangerous: true, run });
	}
	return <Menu label={t.menuOf(na_name)} items={items} />;
}
