import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Block, FeatureType, Join } from "../../../contract/mod.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { Menu } from "../kit/menu.tsx";
import { EmptyState } from "../kit/states.tsx";
import { texts } from "../texts/texts.ts";
import { BlockCard } from "./block-card.tsx";
import { JoinCard } from "./join-card.tsx";
import type { LanesState } from "./lanes-state.ts";

interface LaneProps {
	readonly lanes: LanesState;
	/** Of all there is only a part shown. */
	readonly isFiltered: boolean;
}

interface BlockLaneProps extends LaneProps {
	readonly side: FeatureType;
	readonly blocks: readonly Block[];
}

/** Blocks of one side. */
export function BlockLane({ lanes, side, blocks, isFiltered }: BlockLaneProps) {
	const { lanes: t } = texts.value;
	const { app, project } = lanes;
	const add = () => app.navigation.go({ screen: "add-device", pId: project.pId });
	const mayEdit = lanes.mayEdit.value;
	return (
		<Frame
			lane={side}
			count={blocks.length}
			buttons={mayEdit && <IconButton icon="add" label={t.add[side]} onClick={add} />}
		>
			{blocks.length === 0 ? (
				<Empty
					kind={side}
					isFiltered={isFiltered}
					action={
						mayEdit && (
							<Button icon="add" onClick={add}>
								{t.addDevice}
							</Button>
						)
					}
				/>
			) : (
				<ul class="lanes-list">
					{blocks.map((block) => (
						<BlockCard key={block.do_id} lanes={lanes} block={block} side={side} />
					))}
				</ul>
			)}
		</Frame>
	);
}

interface JoinLaneProps extends LaneProps {
	readonly joins: readonly Join[];
	/** All blocks that are shown, for collapsing them. */
	readonly doIds: readonly number[];
}

export function JoinLane({ lanes, joins, doIds, isFiltered }: JoinLaneProps) {
	const { lanes: t } = texts.value;
	const items = [
		{
			text: t.collapseAll,
			icon: "collapse" as const,
			run: () => lanes.setCollapsed(doIds, true),
		},
		{ text: t.expandAll, icon: "expand" as const, run: () => lanes.setCollapsed(doIds, false) },
	];
	return (
		<Frame
			lane="join"
			count={joins.length}
			buttons={doIds.length > 0 && <Menu label={t.laneMenu} items={items} />}
		>
			{joins.length === 0 ? (
				<Empty kind="join" isFiltered={isFiltered} />
			) : (
				<ul class="lanes-list lanes-joins" data-joins>
					{joins.map((join) => (
						<JoinCard key={join.na_id} lanes={lanes} join={join} />
					))}
				</ul>
			)}
		</Frame>
	);
}

interface FrameProps {
	readonly lane: FeatureType | "join";
	readonly count: number;
	readonly buttons: ComponentChildren;
	readonly children: ComponentChildren;
}

function Frame({ lane, count, buttons, children }: FrameProps) {
	const id = useId();
	return (
		<section class={`lanes-lane lanes-lane-${lane}`} data-lane={lane} aria-labelledby={id}>
			<header class="lanes-lane-head">
				<h2 id={id}>
					{texts.value.lanes[lane]} <small>{count > 0 && count}</small>
				</h2>
				{buttons}
			</header>
			{children}
		</section>
	);
}

interface EmptyProps {
	readonly kind: FeatureType | "join";
	readonly isFiltered: boolean;
	readonly action?: ComponentChildren;
}

function Empty({ kind, isFiltered, action }: EmptyProps) {
	const { lanes: t } = texts.value;
	if (isFiltered) return <p class="lanes-nothing">{t.nothingFound}</p>;
	return (
		<div class="lanes-empty">
			<EmptyState title={t.nothing[kind]} hint={t.hints[kind]} action={action} />
		</div>
	);
}
