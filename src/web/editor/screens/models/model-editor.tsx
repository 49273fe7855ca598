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
	const first = model ?? of;
	const begun = first === undefined ? NEW_MODEL : modelDraft(first);
	const copied = model === undefined && of !== undefined;
	const draft = useDraft<ModelDraft>(
		`model:${model?.dm_id ?? `new ${of?.dm_id ?? ""}`}`,
		copied ? { ...begun, dm_name: models.copyOf(of.dm_name) } : begun,
	);
	const unit = useNewUnit(app, load);
	const mayChange = model === undefined ? mayMake : model.may_change;
	const value = withKnown(draft.value, catalog);
	const { dm_name, plural, members } = value;
	const set = (changed: Partial<ModelDraft>) => draft.set({ ...value, ...changed });
	const save = async () => {
		const body = modelBody(value);
		const answer =
			model === undefined
				? await app.ask<{ dm_id: number }>("PUT", "api/v0/devicemodel", body)
				: await app.ask<{ dm_id: number }>("POST", `api/v1/catalog/models/${model.dm_id}`, body);
		if (!answer.ok) return answer.reason;
		const { dm_name: name } = body;
		await load();
		draft.reset();
		const { dm_id: id } = answer.body;
		if (model === undefined) app.navigation.go({ screen: "models", tab: "models", id }, "replace");
		app.notices.say(model === undefined ? models.made(name) : models.saved(name), "good");
		return undefined;
	};
	const copy = () => {
		if (model === undefined) return;
		const query = { new: "1", of: String(model.dm_id) };
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
					{...{ catalog, members }}
					disabled={!mayChange}
					onChange={(changed) => set({ members: changed })}
					onNewUnit={unit.ask}
				/>
				{mayChange && (
					<PickFeatures
						{...{ catalog, members }}
						isOpen={members.length === 0}
						onChange={(changed) => set({ members: changed })}
					/>
				)}
			</EditorFrame>
			{unit.dialog}
		</>
	);
}
