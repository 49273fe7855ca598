import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Dialog } from "../../kit/dialog.tsx";
import { Field, FieldBox } from "../../kit/fields.tsx";
import { Form } from "../../kit/form.tsx";
import { texts } from "../../texts/texts.ts";
import { type MissingName, missingNames } from "./missing-names.ts";
import { freeName, MAX_NAME, nameOfFile } from "./names.ts";
import { notCreated } from "./not-created.ts";
import { importProject } from "./projects-server.ts";

export interface ImportDialogProps {
	readonly app: App;
	readonly taken: readonly string[];
	readonly onClose: () => void;
}

/** Makes a project of an exported file; what the server lacks is listed whole. */
export function ImportDialog({ app, taken, onClose }: ImportDialogProps) {
	const { projects } = texts.value;
	const [file, setFile] = useState<File>();
	const [written, setWritten] = useState<string>();
	const [missing, setMissing] = useState<readonly MissingName[]>([]);
	const name = written ?? (file === undefined ? "" : freeName(nameOfFile(file.name), taken));
	const submit = async () => {
		setMissing([]);
		if (file === undefined) return projects.noFile;
		if (name.trim() === "") return projects.noName;
		const answer = await importProject(app.ask, name.trim(), file);
		if (answer.ok) {
			app.notices.say(projects.imported(name.trim()), "good");
			app.navigation.go({ screen: "project", pId: answer.body.p_id }, "replace");
			return undefined;
		}
		const names = missingNames(answer.details);
		setMissing(names);
		return names.length > 0 ? projects.notImported : notCreated(projects.notImported, answer);
	};
	return (
		<Dialog title={projects.import} onClose={onClose}>
			<Form submit={submit} button={projects.importNow}>
				<FieldBox label={projects.file} hint={projects.fileHint}>
					{(ids) => (
						<input
							{...ids}
							type="file"
							accept=".json,application/json"
							data-autofocus
							onChange={({ currentTarget }) => {
								setFile(currentTarget.files?.[0]);
								setMissing([]);
							}}
						/>
					)}
				</FieldBox>
				<Field
					label={projects.name}
					value={name}
					onInput={setWritten}
					maxLength={MAX_NAME}
					autocomplete="off"
				/>
				{missing.length > 0 && <Missing names={missing} />}
			</Form>
		</Dialog>
	);
}

function Missing({ names }: { readonly names: readonly MissingName[] }) {
	const { projects } = texts.value;
	return (
		<div class="projects-missing" role="alert">
			<p>{projects.missing(names.length)}</p>
			<ul>
				{names.map((one) => (
					<li key={JSON.stringify(one)}>
						{projects.missingNamed[one.kind](one.name, one.of ?? "")}
					</li>
				))}
			</ul>
			<p>{projects.missingHint}</p>
		</div>
	);
}
