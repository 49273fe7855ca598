import "./lanes.css";
import { useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Block, ProjectDocument } from "../../../contract/mod.ts";
import type { App } from "../app-context.ts";
import { Button } from "../kit/button.tsx";
import { lazy } from "../kit/lazy.tsx";
import { EmptyState, Spinner } from "../kit/states.tsx";
import { joinIn, type OpenProject } from "../project/open-project.ts";
import type { Selection } from "../routes.ts";
import { texts } from "../texts/texts.ts";
import { ConnectBanner } from "./connect-banner.tsx";
import { linkedTo, matching, type Shown } from "./filter.ts";
import { BlockLane, JoinLane } from "./lane.tsx";
import { LanesState } from "./lanes-state.ts";
import { blocksOn, wiresOf } from "./model.ts";
import { orderedJoins } from "./order.ts";
import { useArrangement, useBeat, useInput, useReveal } from "./use-lanes.ts";
import { Chips, Wires } from "./wires.tsx";

const DeviceDialog = lazy(async () => ({
	default: (await import("./device-dialog.tsx")).DeviceDialog,
}));

export interface LanesProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly selection: Selection | undefined;
	readonly onSelect: (selection: Selection | undefined) => void;
	/** Shows only what has these words in its names, with what is linked to it; empty: all. */
	readonly filter: string;
}

/** The graph of a project: inputs, joins and outputs in three lanes, and the wires between them. */
export function Lanes({ app, project, selection, onSelect, filter }: LanesProps) {
	const select = useRef(onSelect);
	select.current = onSelect;
	const lanes = useMemo(
		() => new LanesState({ app, project, onSelect: (what) => select.current(what) }),
		[app, project],
	);
	useLayoutEffect(() => {
		lanes.selection.value = selection;
	}, [lanes, selection]);
	useBeat(lanes);
	const document = project.document.value;
	if (document === undefined) return <Spinner />;
	return <Graph {...{ lanes, document, filter, selection }} />;
}

interface GraphProps {
	readonly lanes: LanesState;
	readonly document: ProjectDocument;
	readonly filter: string;
	readonly selection: Selection | undefined;
}

function Graph({ lanes, document, filter, selection }: GraphProps) {
	const view = useRef<HTMLDivElement>(null);
	const body = useRef<HTMLDivElement>(null);
	const shown = shownOf(lanes, document, filter);
	const blocks = document.blocks.filter(({ do_id }) => shown?.doIds.has(do_id) ?? true);
	const joins = document.joins.filter(({ na_id }) => shown?.naIds.has(na_id) ?? true);
	const views = lanes.views.sync(wiresOf({ blocks, joins }));
	useArrangement(lanes, view, body);
	useInput(lanes, view, body);
	useReveal(lanes, view, selection);
	useEffect(() => lanes.forgetGone(), [lanes, document]);
	const choosing = document.blocks.find(({ do_id }) => do_id === lanes.choosing.value);
	const classes = useComputed(() => {
		const contact = lanes.project.contact.value.state;
		const isStale = contact === "lost" || contact === "ended";
		const { value: from } = lanes.connector.from;
		return [
			"lanes",
			isStale && "lanes-stale",
			lanes.isNarrow.value && "lanes-narrow",
			from !== undefined && "lanes-connecting",
		]
			.filter(Boolean)
			.join(" ");
	});
	const isFiltered = shown !== undefined;
	if (document.blocks.length === 0) return <Start lanes={lanes} />;
	return (
		<section class={classes} ref={view} aria-label={texts.value.lanes.area}>
			<SeedBar lanes={lanes} document={document} />
			<div class="lanes-body" ref={body}>
				<Wires lanes={lanes} views={views} />
				<BlockLane
					lanes={lanes}
					side="input"
					blocks={blocksOn(blocks, "input")}
					isFiltered={isFiltered}
				/>
				<JoinLane
					lanes={lanes}
					joins={orderedJoins({ blocks, joins })}
					doIds={blocks.map(({ do_id }) => do_id)}
					isFiltered={isFiltered}
				/>
				<BlockLane
					lanes={lanes}
					side="output"
					blocks={blocksOn(blocks, "output")}
					isFiltered={isFiltered}
				/>
				<Chips lanes={lanes} views={views} />
			</div>
			<ConnectBanner lanes={lanes} />
			<div role="status" class="kit-unseen">
				{lanes.said}
			</div>
			<div id="lanes-now" class="kit-unseen" />
			{choosing !== undefined && <DeviceDialog lanes={lanes} block={choosing} />}
		</section>
	);
}

/** A project without blocks. */
function Start({ lanes: { app, project, mayEdit } }: { readonly lanes: LanesState }) {
	const { lanes: t } = texts.value;
	const add = () => app.navigation.go({ screen: "add-device", pId: project.pId });
	const button = (
		<Button kind="main" icon="add" onClick={add}>
			{t.addDevice}
		</Button>
	);
	return (
		<section class="lanes" aria-label={t.area}>
			<EmptyState
				icon="project"
				title={t.start}
				hint={mayEdit.value && t.startHint}
				action={mayEdit.value && button}
			/>
		</section>
	);
}

function shownOf(lanes: LanesState, document: ProjectDocument, filter: string): Shown | undefined {
	const seed = lanes.seed.value;
	if (filter.trim() !== "") {
		const names = ({ bindings }: Block) =>
			bindings.map(({ mac_addr }) => lanes.project.presenceOf(mac_addr).value?.d_name ?? "");
		return matching(document, filter, names);
	}
	return seed === undefined ? undefined : linkedTo(document, seed);
}

/** Says what is left out, and brings it back. */
function SeedBar({ lanes, document }: Pick<GraphProps, "lanes" | "document">) {
	const { lanes: t } = texts.value;
	const seed = lanes.seed.value;
	const name =
		seed?.kind === "join"
			? joinIn(document, seed.id)?.na_name
			: document.blocks.find(({ do_id }) => do_id === seed?.id)?.dm_name;
	useEffect(() => {
		// What it was about has been deleted.
		if (seed !== undefined && name === undefined) lanes.seed.value = undefined;
	}, [lanes, seed, name]);
	if (seed === undefined || name === undefined) return null;
	return (
		<div class="lanes-seed">
			<p>{t.onlyLinkedTo(name)}</p>
			<Button
				onClick={() => {
					lanes.seed.value = undefined;
				}}
			>
				{t.showAll}
			</Button>
		</div>
	);
}
