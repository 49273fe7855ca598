import { useId } from "preact/hooks";
import type { Join } from "../../../contract/mod.ts";
import type { Linked } from "../panel/linked.ts";
import { applyAndSay, type PanelContext } from "../panel/panel-context.ts";
import { texts } from "../texts/texts.ts";
import "./crowd.css";

export interface CrowdRuleProps {
	readonly panel: Pick<PanelContext, "app" | "project" | "canEdit">;
	readonly join: Join;
	readonly inputs: readonly Linked[];
}

/** How members of a crowd take part in a join. */
export default function CrowdRule({ panel, join, inputs }: CrowdRuleProps) {
	const { crowd: words } = texts.value;
	const { na_id, crowd, fn_id } = join;
	const name = useId();
	const crowds = new Set(inputs.flatMap(({ block }) => (block.seats === null ? [] : [block])));
	const hints =
		crowd === "each"
			? [words.eachHint, ...(crowds.size > 1 ? [words.paired] : [])]
			: [words.togetherHint, ...(fn_id === null ? [words.noFunction] : [])];
	return (
		<fieldset class="crowd-rule" disabled={!panel.canEdit}>
			<legend>{words.rule}</legend>
			{(["each", "together"] as const).map((rule) => (
				<label key={rule}>
					<input
						type="radio"
						name={name}
						value={rule}
						checked={crowd === rule}
						onChange={() =>
							void applyAndSay(panel, [{ kind: "set_crowd_rule", na_id, crowd: rule }])
						}
					/>
					{words[rule]}
				</label>
			))}
			{hints.map((hint) => (
				<p key={hint} class="kit-hint">
					{hint}
				</p>
			))}
		</fieldset>
	);
}
