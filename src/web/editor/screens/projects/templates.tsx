import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { language, texts } from "../../texts/texts.ts";
import { freeName } from "./names.ts";
import { notCreated } from "./not-created.ts";
import { createProject, fromTemplate } from "./projects-server.ts";
import { CHOICES, EMPTY, TEMPLATES, type TemplateId, templateText } from "./template-list.ts";
import { TemplatePicture } from "./template-picture.tsx";

export interface TemplateCardsProps {
	readonly app: App;
	readonly taken: readonly string[];
}

/** Templates as cards: one press makes a project and opens it. */
export function TemplateCards({ app, taken }: TemplateCardsProps) {
	const { projects } = texts.value;
	const [busy, setBusy] = useState<TemplateId>();
	const make = async (id: TemplateId) => {
		setBusy(id);
		const name = id === EMPTY ? projects.newName : templateText(projects, id).name;
		const free = freeName(name, taken);
		const answer =
			id === EMPTY
				? await createProject(app.ask, free)
				: await fromTemplate(app.ask, id, free, language.value);
		setBusy(undefined);
		if (answer.ok) app.navigation.go({ screen: "project", pId: answer.body.p_id });
		else app.notices.say(notCreated(projects.notCreated, answer), "bad");
	};
	return (
		<ul class="projects-cards">
			{CHOICES.map((id) => {
				const { name, hint } = templateText(projects, id);
				return (
					<li key={id} class="projects-card projects-template">
						<TemplatePicture id={id} />
						<h3>{name}</h3>
						<p>{hint}</p>
						<Button
							kind={id === TEMPLATES[0] ? "main" : "plain"}
							disabled={busy !== undefined}
							aria-label={projects.useTemplate(name)}
							onClick={() => void make(id)}
						>
							{projects.useNow}
						</Button>
					</li>
				);
			})}
		</ul>
	);
}
