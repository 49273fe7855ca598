import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Dialog } from "../../kit/dialog.tsx";
import { Field } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import { texts } from "../../texts/texts.ts";
import { freeName, MAX_NAME } from "./names.ts";
import { notCreated } from "./not-created.ts";
import { copyProject, type ProjectRow } from "./projects-server.ts";

export interface CopyDialogProps {
	readonly app: App;
	readonly row: ProjectRow;
	readonly taken: readonly ProjectRow[];
	readonly onDone: () => void;
	readonly onClose: () => void;
}

/** Asks for the name of a copy, which is of the same owner. */
export function CopyDialog({ app, row, taken, onDone, onClose }: CopyDialogProps) {
	const { projects } = texts.value;
	const ofOwner = taken.filter(({ u_id }) => u_id === row.u_id).map(({ p_name }) => p_name);
	const [name, setName] = useState(() =>
		freeName(projects.copyName(row.p_name).slice(0, MAX_NAME), ofOwner),
	);
	const submit = async () => {
		const wanted = name.trim();
		if (wanted === "") return projects.noName;
		const answer = await copyProject(app.ask, row.p_id, wanted);
		if (!answer.ok) return notCreated(projects.notCopied, answer);
		const { p_id: pId } = answer.body;
		app.notices.say(projects.copied(wanted), "good", {
			text: projects.open,
			run: () => app.navigation.go({ screen: "project", pId }),
		});
		onDone();
		onClose();
		return undefined;
	};
	return (
		<Dialog title={projects.copyTitle(row.p_name)} onClose={onClose}>
			<p>{projects.copyHint}</p>
			<Form submit={submit} button={projects.copyNow}>
				<Field
					label={projects.name}
					value={name}
					onInput={setName}
					maxLength={MAX_NAME}
					data-autofocus
					autocomplete="off"
				/>
			</Form>
		</Dialog>
	);
}
