import { useComputed } from "@preact/signals";
import { Icon } from "../kit/icons.tsx";
import { Menu, type MenuItem } from "../kit/menu.tsx";
import { texts } from "../texts/texts.ts";
import { BlockDevice } from "./block-device.tsx";
import type { BlockProps } from "./lane-props.ts";
import { portsOn } from "./model.ts";
import { PortRow } from "./port-row.tsx";

/** A block with its ports of one side. */
export function BlockCard({ lanes, block, side }: BlockProps) {
	const { do_id: id, dm_name: name } = block;
	const isCollapsed = useComputed(() => lanes.collapsed.value.has(id)).value;
	const classes = useComputed(() => {
		const { value: selection } = lanes.selection;
		const isSelected = selection?.kind === "block" && selection.id === id;
		return isSelected ? "lanes-card lanes-selected" : "lanes-card";
	});
	const ports = portsOn(block, side);
	return (
		<li class={classes} data-card={id}>
			<div class="lanes-head" data-grip={id}>
				<button
					type="button"
					class="lanes-name"
					data-block={id}
					title={name}
					onClick={() => lanes.select({ kind: "block", id })}
				>
					{name}
				</button>
				<BlockMenu lanes={lanes} block={block} side={side} />
				<BlockDevice lanes={lanes} block={block} side={side} />
			</div>
			{isCollapsed ? (
				<button
					type="button"
					class="lanes-folded"
					data-anchor={ports.map(({ dfo_id }) => dfo_id).join(" ")}
					data-side={side}
					aria-expanded="false"
					onClick={() => lanes.setCollapsed([id], false)}
				>
					<Icon name="expand" />
					{texts.value.lanes.ports(ports.length)}
					<span class="lanes-dot" />
				</button>
			) : (
				<ul class="lanes-ports">
					{ports.map((port) => (
						<PortRow key={port.dfo_id} lanes={lanes} block={block} port={port} />
					))}
				</ul>
			)}
		</li>
	);
}

function BlockMenu({ lanes, block, side }: BlockProps) {
	const { lanes: t } = texts.value;
	const { do_id: id, dm_name: name } = block;
	const isCollapsed = lanes.collapsed.value.has(id);
	const items: MenuItem[] = [
		{ text: t.details, icon: "info", run: () => lanes.select({ kind: "block", id }) },
		isCollapsed
			? { text: t.expand, icon: "expand", run: () => lanes.setCollapsed([id], false) }
			: { text: t.collapse, icon: "collapse", run: () => lanes.setCollapsed([id], true) },
		{
			text: t.onlyLinked,
			icon: "filter",
			run: () => {
				lanes.seed.value = { kind: "block", id };
			},
		},
	];
	if (lanes.mayEdit.value) {
		const isBound = block.bindings.length > 0;
		items.push(
			"line",
			{ text: t.moveUp, icon: "up", run: () => void lanes.edits.moveBy(id, side, -1) },
			{ text: t.moveDown, icon: "down", run: () => void lanes.edits.moveBy(id, side, 1) },
		);
		if (block.seats === null) {
			const text = isBound ? t.changeDevice : t.chooseDevice;
			const run = () => {
				lanes.choosing.value = id;
			};
			items.push({ text, icon: "device", run });
			if (isBound)
				items.push({ text: t.unbind, icon: "unlink", run: () => void lanes.edits.unbind(block) });
		}
		const run = () => void lanes.remove({ kind: "block", id });
		items.push("line", { text: t.remove, icon: "trash", isDangerous: true, run });
	}
	return <Menu label={t.menuOf(name)} items={items} />;
}
