import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { App } from "../app-context.ts";
import { lazy } from "../kit/lazy.tsx";
import { joinIn, type OpenProject, portOf } from "../project/open-project.ts";
import type { Selection } from "../routes.ts";
import { texts } from "../texts/texts.ts";
import { BlockPanel, JoinPanel, PortPanel, WirePanel } from "./kinds.ts";
import type { FunctionWish, PanelContext } from "./panel-context.ts";
import { PanelFrame } from "./panel-frame.tsx";

const FunctionDialog = lazy(() => import("./function-dialog.tsx"), { texts: ["code"] });
const MonitorDialog = lazy(() => import("../monitor/monitor-dialog.tsx"));

export interface PanelProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly selection: Selection | undefined;
	readonly onSelect: (selection: Selection | undefined) => void;
}

/** Shows what is selected, and what can be done with it; the log has a place of its own. */
export function Panel({ app, project, selection, onSelect }: PanelProps) {
	const now = useSignal(app.clock.monotonic());
	const [wish, setWish] = useState<FunctionWish>();
	useEffect(() => {
		let cancel = () => {};
		const tick = () => {
			now.value = app.clock.monotonic();
			cancel = app.clock.after(1000, tick);
		};
		tick();
		return () => cancel();
	}, [app.clock, now]);
	const panel: PanelContext = {
		...{ app, project, onSelect, now },
		canEdit: project.may.value !== "look",
		openFunction: setWish,
	};
	return (
		<>
			<Selected panel={panel} selection={selection} />
			{selection?.kind === "join" && selection.view === "monitor" && (
				<div class="project-dialog">
					<MonitorDialog
						key={selection.id}
						{...{ app, project }}
						naId={selection.id}
						onClose={() => onSelect({ kind: "join", id: selection.id })}
					/>
				</div>
			)}
			{wish !== undefined && (
				<div class="project-dialog">
					<FunctionDialog app={app} wish={wish} onClose={() => setWish(undefined)} />
				</div>
			)}
		</>
	);
}

interface SelectedProps extends Pick<PanelProps, "selection"> {
	readonly panel: PanelContext;
}

function Selected({ panel, selection }: SelectedProps) {
	const words = texts.value.panel;
	const content = contentOf(panel, selection);
	const onClose = selection === undefined ? undefined : () => panel.onSelect(undefined);
	if (content !== undefined) {
		return (
			<PanelFrame kind={content.kind} title={content.title} onClose={onClose}>
				{!panel.canEdit && <p class="kit-hint">{words.readOnly}</p>}
				{panel.project.contact.value.state === "lost" && (
					<p class="panel-lost">{words.values.lost}</p>
				)}
				{content.body}
			</PanelFrame>
		);
	}
	const isGone = selection !== undefined && panel.project.document.value !== undefined;
	return (
		<PanelFrame kind={words.title} title={isGone ? words.gone : words.nothing} onClose={onClose}>
			<p>{isGone ? words.goneHint : words.nothingHint}</p>
		</PanelFrame>
	);
}

interface Content {
	readonly kind: string;
	readonly title: string;
	readonly body: ComponentChildren;
}

/** Undefined: nothing is selected, or it is gone. */
function contentOf(panel: PanelContext, selection: Selection | undefined): Content | undefined {
	const words = texts.value.panel;
	const document = panel.project.document.value;
	switch (selection?.kind) {
		case "block": {
			const block = document?.blocks.find(({ do_id }) => do_id === selection.id);
			if (block === undefined) return undefined;
			const body = <BlockPanel key={selection.id} panel={panel} block={block} />;
			return { kind: words.block.kind, title: block.dm_name, body };
		}
		case "port": {
			const place = portOf(document, selection.id);
			if (place === undefined) return undefined;
			const { df_type, alias_name } = place.port;
			const body = <PortPanel key={selection.id} {...{ panel, ...place }} />;
			return { kind: words.port.kind[df_type], title: alias_name, body };
		}
		case "join": {
			const join = joinIn(document, selection.id);
			if (join === undefined) return undefined;
			const body = <JoinPanel key={selection.id} {...{ panel, join }} />;
			return { kind: words.join.kind, title: join.na_name, body };
		}
		case "wire": {
			const { id, dfoId } = selection;
			const join = joinIn(document, id);
			const place = portOf(document, dfoId);
			if (place === undefined || !join?.links.some(({ dfo_id }) => dfo_id === dfoId))
				return undefined;
			const ends = [place.port.alias_name, join.na_name] as const;
			const isInput = place.port.df_type === "input";
			return {
				kind: words.wire.kind,
				title: words.wire.between(...(isInput ? ends : ([ends[1], ends[0]] as const))),
				body: <WirePanel key={`${id} ${dfoId}`} {...{ panel, join, dfoId }} />,
			};
		}
		default:
			return undefined;
	}
}
