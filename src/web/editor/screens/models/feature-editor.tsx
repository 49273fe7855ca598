import { useId } from "preact/hooks";
import { Field, FieldBox, Select, TextArea } from "../../kit/fields.tsx";
import { texts } from "../../texts/texts.ts";
import type { CatalogView, FeatureView } from "./catalog-view.ts";
import {
	type FeatureDraft,
	featureBody,
	featureDraft,
	featureProblems,
	MAX_NAME_LENGTH,
	NEW_FEATURE,
} from "./draft.ts";
import { aboutOf, EditorFrame } from "./editor-frame.tsx";
import { useNewUnit } from "./new-unit.tsx";
import { resized } from "./param-draft.ts";
import { ParamFields, type ParamFieldsProps } from "./param-fields.tsx";
import type { CatalogParts } from "./parts.ts";
import { useDraft } from "./use-draft.ts";

export interface FeatureEditorProps extends CatalogParts {
	/** Undefined: a new one. */
	readonly feature?: FeatureView | undefined;
	/** What a new one is a copy of. */
	readonly of?: FeatureView | undefined;
}

const MAX_PARAMS = 1000;

/** A feature: its direction, and what its values are. */
export function FeatureEditor({ app, catalog, load, mayMake, feature, of }: FeatureEditorProps) {
	const { models } = texts.value;
	const draft = useDraft<FeatureDraft>(
		`feature:${feature?.df_id ?? `new ${of?.df_id ?? ""}`}`,
		begun(feature, of),
	);
	const unit = useNewUnit(app, load);
	const mayChange = feature === undefined ? mayMake : feature.may_change;
	const save = async () => {
		const saved = await saveFeature(app, draft.value, feature);
		if (!saved.ok) return saved.reason;
		await load();
		draft.reset();
		const { df_id: id } = saved.body;
		if (feature === undefined) {
			app.navigation.go({ screen: "models", tab: "features", id }, "replace");
		}
		const name = draft.value.df_name.trim();
		app.notices.say(feature === undefined ? models.made(name) : models.saved(name), "good");
		return undefined;
	};
	const copy = () => {
		const query = { new: "1", of: String(feature?.df_id) };
		app.navigation.go({ screen: "models", tab: "features", query });
	};
	return (
		<>
			<EditorFrame
				{...{ app, mayChange, save }}
				kind="features"
				saved={feature && { ...feature, id: feature.df_id, name: feature.df_name }}
				title={feature?.df_name ?? models.newFeature}
				about={feature && `${aboutOf(feature)} · ${models.inModels(feature.models)}`}
				isChanged={draft.isChanged}
				problems={featureProblems(draft.value)}
				reset={draft.reset}
				copy={feature !== undefined && mayMake ? copy : undefined}
				onDeleted={async () => {
					draft.reset();
					app.navigation.go({ screen: "models", tab: "features" }, "replace");
					await load();
				}}
			>
				<FeatureFields
					{...{ catalog, mayChange }}
					isNew={feature === undefined}
					value={draft.value}
					set={(changed) => draft.set({ ...draft.value, ...changed })}
					onNewUnit={unit.ask}
				/>
			</EditorFrame>
			{unit.dialog}
		</>
	);
}

function begun(feature: FeatureView | undefined, of: FeatureView | undefined): FeatureDraft {
	if (feature !== undefined) return featureDraft(feature);
	return of === undefined ? NEW_FEATURE : { ...featureDraft(of), df_name: "" };
}

function saveFeature({ ask }: CatalogParts["app"], draft: FeatureDraft, feature?: FeatureView) {
	const { df_name, ...body } = featureBody(draft);
	return feature === undefined
		? ask<{ df_id: number }>("PUT", "api/v0/devicefeature", { df_name, ...body })
		: ask<{ df_id: number }>("POST", `api/v0/devicefeature/${feature.df_id}`, body);
}

interface FeatureFieldsProps extends Pick<ParamFieldsProps, "catalog" | "onNewUnit"> {
	readonly isNew: boolean;
	readonly mayChange: boolean;
	readonly value: FeatureDraft;
	readonly set: (changed: Partial<FeatureDraft>) => void;
}

function FeatureFields({ catalog, isNew, mayChange, value, set, onNewUnit }: FeatureFieldsProps) {
	const { models } = texts.value;
	const { df_name, df_type, df_category, comment, params } = value;
	return (
		<>
			{isNew && (
				<Field
					label={models.name}
					hint={models.nameHintFeature}
					value={df_name}
					maxLength={MAX_NAME_LENGTH}
					onInput={(name) => set({ df_name: name })}
				/>
			)}
			<div class="models-row">
				<Select
					label={models.type}
					disabled={!mayChange}
					value={df_type}
					options={(["input", "output"] as const).map((one) => ({ value: one, text: models[one] }))}
					onChange={(one) => set({ df_type: one === "output" ? "output" : "input" })}
				/>
				<Category
					{...{ catalog }}
					disabled={!mayChange}
					value={df_category}
					onInput={(category) => set({ df_category: category })}
				/>
				<Field
					label={models.paramCount}
					type="number"
					min={1}
					max={MAX_PARAMS}
					disabled={!mayChange}
					value={String(params.length)}
					onInput={(text) => {
						const count = Math.trunc(Number(text));
						if (count >= 1 && count <= MAX_PARAMS) set({ params: resized(params, count) });
					}}
				/>
			</div>
			{mayChange ? (
				<TextArea
					label={models.description}
					rows={2}
					maxLength={10_000}
					value={comment}
					onInput={(text) => set({ comment: text })}
				/>
			) : (
				comment !== "" && <p>{comment}</p>
			)}
			<ParamFields
				{...{ catalog, params, onNewUnit }}
				type={df_type}
				disabled={!mayChange}
				onChange={(changed) => set({ params: changed })}
			/>
		</>
	);
}

interface CategoryProps {
	readonly catalog: CatalogView;
	readonly value: string;
	readonly disabled: boolean;
	readonly onInput: (value: string) => void;
}

/** One of the categories there are, or a new one. */
function Category({ catalog, value, disabled, onInput }: CategoryProps) {
	const { models } = texts.value;
	const list = useId();
	return (
		<FieldBox label={models.category} hint={models.categoryHint}>
			{(ids) => (
				<>
					<input
						{...ids}
						list={list}
						disabled={disabled}
						maxLength={MAX_NAME_LENGTH}
						value={value === "None" ? "" : value}
						placeholder={models.noCategory}
						onInput={({ currentTarget }) => onInput(currentTarget.value || "None")}
					/>
					<datalist id={list}>
						{catalog.categories
							.filter((name) => name !== "None")
							.map((name) => (
								<option key={name} value={name} />
							))}
					</datalist>
				</>
			)}
		</FieldBox>
	);
}
