import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Dialog } from "../../kit/dialog.tsx";
import { Field } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import { language, texts } from "../../texts/texts.ts";
import { freeName, MAX_NAME } from "./names.ts";
import { notCreated } from "./not-created.ts";
import { createProject, fromTemplate } from "./projects-server.ts";
import { CHOICES, EMPTY, type TemplateId, templateText } from "./template-list.ts";
import { TemplatePicture } from "./template-picture.tsx";

export interface NewProjectDialogProps {
	readonly app: App;
	/** Names of projects that are there. */
	readonly taken: readonly string[];
	readonly onClose: () => void;
}

/** Asks for a name and what to begin with. */
export function NewProjectDialog({ app, taken, onClose }: NewProjectDialogProps) {
	const { projects } = texts.value;
	const [chosen, setChosen] = useState<TemplateId>(EMPTY);
	const [written, setWritten] = useState<string>();
	const proposed = chosen === EMPTY ? projects.newName : templateText(projects, chosen).name;
	const name = written ?? freeName(proposed, taken);
	const submit = async () => {
		const wanted = name.trim();
		if (wanted === "") return projects.noName;
		const answer =
			chosen === EMPTY
				? await createProject(app.ask, wanted)
				: await fromTemplate(app.ask, chosen, wanted, language.value);
		if (!answer.ok) return notCreated(projects.notCreated, answer);
		app.navigation.go({ screen: "project", pId: answer.body.p_id }, "replace");
		return undefined;
	};
	return (
		<Dialog title={projects.create} size="wide" onClose={onClose}>
			<Form submit={submit} button={projects.createNow}>
				<fieldset class="projects-choices">
					<legend>{projects.startFrom}</legend>
					{CHOICES.map((id) => (
						<label key={id}>
							<TemplatePicture id={id} />
							<strong>
								<input
									type="radio"
									name="template"
									value={id}
									checked={id === chosen}
									onChange={() => setChosen(id)}
								/>
								{templateText(projects, id).name}
							</strong>
							<small>{templateText(projects, id).hint}</small>
						</label>
					))}
				</fieldset>
				<Field
					label={projects.name}
					hint={projects.nameHint}
					value={name}
					onInput={setWritten}
					maxLength={MAX_NAME}
					data-autofocus
					autocomplete="off"
				/>
			</Form>
		</Dialog>
	);
}
