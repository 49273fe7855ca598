import { Field, Switch } from "../../kit/fields.tsx";
import { texts } from "../../texts/texts.ts";
import type { ModelView } from "./catalog-view.ts";
import {
	MAX_NAME_LENGTH,
	type ModelDraft,
	modelBody,
	modelDraft,
	modelProblems,
	NEW_MODEL,
	withKnown,
} from "./draft.ts";
import { aboutOf, EditorFrame } from "./editor-frame.tsx";
import { Members } from "./members.tsx";
import { useNewUnit } from "./new-unit.tsx";
import type { ParamFieldsProps } from "./param-fields.tsx";
import type { CatalogParts } from "./parts.ts";
import { PickFeatures } from "./pick-features.tsx";
import { useDraft } from "./use-draft.ts";

export interface ModelEditorProps extends CatalogParts {
	/** Undefined: a new one. */
	readonly model?: ModelView | undefined;
	/** What a new one is a copy of. */
	readonly of?: ModelView | undefined;
}

/** A model: its name and its features, each with values of its own and a tag. */
export function ModelEditor({ app, catalog, load, mayMake, model, of }: ModelEditorProps) {
	const { models } = texts.value;
	const draft = useDraft<ModelDraft>(
		`model:${model?.dm_id ?? `new ${of?.dm_id ?? ""}`}`,
		begun(model, of),
	);
	const unit = useNewUnit(app, load);
	const mayChange = model === undefined ? mayMake : model.may_change;
	const value = withKnown(draft.value, catalog);
	const save = async () => {
		const body = modelBody(value);
		const path =
			model === undefined ? "api/v0/devicemodel" : `api/v1/catalog/models/${model.dm_id}`;
		const method = model === undefined ? "PUT" : "POST";
		const saved = await app.ask<{ readonly dm_id: number }>(method, path, body);
		if (!saved.ok) return saved.reason;
		await load();
		draft.reset();
		const { dm_id: id } = saved.body;
		if (model === undefined) app.navigation.go({ screen: "models", tab: "models", id }, "replace");
		const { dm_name: name } = body;
		app.notices.say(model === undefined ? models.made(name) : models.saved(name), "good");
		return undefined;
	};
	const copy = () => {
		const query = { new: "1", of: String(model?.dm_id) };
		app.navigation.go({ screen: "models", tab: "models", query });
	};
	return (
		<>
			<EditorFrame
				{...{ app, mayChange, save }}
				kind="models"
				saved={model && { ...model, id: model.dm_id, name: model.dm_name }}
				title={model?.dm_name ?? models.newModel}
				about={model && aboutOf(model)}
				isChanged={draft.isChanged}
				problems={modelProblems(value)}
				reset={draft.reset}
				copy={model !== undefined && mayMake ? copy : undefined}
				onDeleted={async () => {
					draft.reset();
					app.navigation.go({ screen: "models", tab: "models" }, "replace");
					await load();
				}}
			>
				<ModelFields
					{...{ catalog, mayChange, value }}
					set={(changed) => draft.set({ ...value, ...changed })}
					onNewUnit={unit.ask}
				/>
			</EditorFrame>
			{unit.dialog}
		</>
	);
}

function begun(model: ModelView | undefined, of: ModelView | undefined): ModelDraft {
	if (model !== undefined) return modelDraft(model);
	if (of === undefined) return NEW_MODEL;
	return { ...modelDraft(of), dm_name: texts.value.models.copyOf(of.dm_name) };
}

interface ModelFieldsProps extends Pick<ParamFieldsProps, "catalog" | "onNewUnit"> {
	readonly mayChange: boolean;
	readonly value: ModelDraft;
	readonly set: (changed: Partial<ModelDraft>) => void;
}

function ModelFields({ catalog, mayChange, value, set, onNewUnit }: ModelFieldsProps) {
	const { models } = texts.value;
	const { dm_name, plural, members } = value;
	return (
		<>
			{mayChange && (
				<Field
					label={models.name}
					hint={models.nameHintModel}
					value={dm_name}
					maxLength={MAX_NAME_LENGTH}
					onInput={(name) => set({ dm_name: name })}
				/>
			)}
			<Switch
				label={models.plural}
				hint={models.pluralHint}
				checked={plural}
				disabled={!mayChange}
				onChange={(isPlural) => set({ plural: isPlural })}
			/>
			<h3>{models.modelFeatures}</h3>
			<Members
				{...{ catalog, members, onNewUnit }}
				disabled={!mayChange}
				onChange={(changed) => set({ members: changed })}
			/>
			{mayChange && (
				<PickFeatures
					{...{ catalog, members }}
					isOpen={members.length === 0}
					onChange={(changed) => set({ members: changed })}
				/>
			)}
		</>
	);
}
