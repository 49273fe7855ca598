import type { Block } from "../../../contract/mod.ts";
import { Failed, Spinner } from "../kit/states.tsx";
import { texts } from "../texts/texts.ts";
import { type Choice, familiesOf, idsOf } from "./families.ts";
import { FamilyCount } from "./family-count.tsx";
import { applyAndSay, type PanelContext } from "./panel-context.ts";
import { useAnswer } from "./use-answer.ts";

/** A model, as far as its features are chosen. */
interface ModelInfo {
	readonly plural: boolean;
	readonly df_list: readonly (Choice & {
		readonly comment: string;
		readonly tags: readonly { readonly tag_name: string }[];
	})[];
}

interface BlockFeaturesProps {
	readonly panel: PanelContext;
	readonly block: Block;
}

/** Which features of the model take part: by checkbox, and of a `plural` model's families by number. */
export function BlockFeatures({ panel, block }: BlockFeaturesProps) {
	const { ask } = panel.app;
	const path = `api/v0/devicemodel/${block.dm_id}`;
	const { body, reason, reload } = useAnswer<{ readonly data: ModelInfo }>(ask, path);
	if (body === undefined) {
		return reason === undefined ? <Spinner /> : <Failed reason={reason} onRetry={reload} />;
	}
	return <Features panel={panel} block={block} model={body.data} />;
}

function Features({ panel, block, model }: BlockFeaturesProps & { readonly model: ModelInfo }) {
	const words = texts.value.panel;
	const { do_id, ports } = block;
	const chosen = new Set(ports.map(({ df_id }) => df_id));
	const { families, singles } = model.plural
		? familiesOf(model.df_list)
		: { families: [], singles: model.df_list };
	const choose = async (next: ReadonlySet<number>): Promise<void> => {
		const { notices } = panel.app;
		if (next.size === 0) return notices.say(words.block.lastFeature, "bad");
		const gone = ports.filter(({ df_id }) => !next.has(df_id));
		const links = linksOf(panel, new Set(gone.map(({ dfo_id }) => dfo_id)));
		const df_ids = idsOf(model.df_list, next);
		const names = gone.map(({ alias_name }) => alias_name).join(", ");
		const done = () => words.block.removedWithLinks(names, links);
		await applyAndSay(
			panel,
			[{ kind: "set_features", do_id, df_ids }],
			links > 0 ? done : undefined,
		);
	};
	return (
		<>
			<p class="kit-hint">{words.block.featuresHint}</p>
			{(["input", "output"] as const).map((side) => {
				const boxes = singles.filter(({ df_type }) => df_type === side);
				const numbers = families.filter(({ df_type }) => df_type === side);
				if (boxes.length + numbers.length === 0) return null;
				return (
					<fieldset key={side} class="panel-plain" disabled={!panel.canEdit}>
						<legend class="panel-side">{words[side]}</legend>
						{boxes.map((feature) => (
							<FeatureBox key={feature.df_id} {...{ feature, chosen, choose }} />
						))}
						{numbers.map((family) => (
							<FamilyCount key={family.name} {...{ family, chosen, choose }} />
						))}
					</fieldset>
				);
			})}
		</>
	);
}

interface FeatureBoxProps {
	readonly feature: ModelInfo["df_list"][number];
	readonly chosen: ReadonlySet<number>;
	readonly choose: (next: ReadonlySet<number>) => Promise<void>;
}

function FeatureBox({ feature, chosen, choose }: FeatureBoxProps) {
	const { df_id, df_name, comment, tags } = feature;
	const isChosen = chosen.has(df_id);
	const toggle = (box: HTMLInputElement) => {
		// It shows what is in force, also when this is refused.
		box.checked = isChosen;
		void choose(new Set(isChosen ? [...chosen].filter((id) => id !== df_id) : [...chosen, df_id]));
	};
	return (
		<label class="panel-check">
			<input
				type="checkbox"
				checked={isChosen}
				onChange={({ currentTarget }) => toggle(currentTarget)}
			/>
			<span>
				{df_name}
				<small>{[comment, tags.length > 0 && tagText(tags)].filter(Boolean).join(" · ")}</small>
			</span>
		</label>
	);
}

function tagText(tags: readonly { readonly tag_name: string }[]): string {
	return texts.value.panel.block.tag(tags.map(({ tag_name }) => tag_name).join(", "));
}

/** How many links of the project go with some ports. */
function linksOf({ project }: PanelContext, dfoIds: ReadonlySet<number>): number {
	const joins = project.document.value?.joins ?? [];
	return joins.flatMap(({ links }) => links.filter(({ dfo_id }) => dfoIds.has(dfo_id))).length;
}
