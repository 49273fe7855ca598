import type { FeatureType, Join } from "../../../contract/mod.ts";
import { texts } from "../texts/texts.ts";
import { applyAndSay, type PanelContext } from "./panel-context.ts";

interface AddLinkProps {
	readonly panel: PanelContext;
	readonly join: Join;
	readonly side: FeatureType;
}

/** Links one more feature without drawing. */
export function AddLink({ panel, join, side }: AddLinkProps) {
	const words = texts.value.panel.join;
	const linked = new Set(join.links.map(({ dfo_id }) => dfo_id));
	const blocks = (panel.project.document.value?.blocks ?? []).flatMap(
		({ do_id, dm_name, ports }) => {
			const free = ports.filter(({ dfo_id, df_type }) => df_type === side && !linked.has(dfo_id));
			return free.length === 0 ? [] : [{ do_id, dm_name, free }];
		},
	);
	if (!panel.canEdit || blocks.length === 0) return null;
	const title = side === "input" ? words.addInput : words.addOutput;
	return (
		<div class="kit-field">
			<select
				aria-label={title}
				value=""
				onChange={({ currentTarget }) => {
					const dfo_id = Number(currentTarget.value);
					currentTarget.value = "";
					if (dfo_id > 0) {
						void applyAndSay(panel, [{ kind: "add_link", na_id: join.na_id, dfo_id }]);
					}
				}}
			>
				<option value="">{title}</option>
				{blocks.map(({ do_id, dm_name, free }) => (
					<optgroup key={do_id} label={dm_name}>
						{free.map(({ dfo_id, alias_name }) => (
							<option key={dfo_id} value={dfo_id}>
								{alias_name}
							</option>
						))}
					</optgroup>
				))}
			</select>
		</div>
	);
}
