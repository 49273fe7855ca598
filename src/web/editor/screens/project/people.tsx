import { useId, useRef } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { placeBelow } from "../../kit/place-below.ts";
import type { OpenProject } from "../../project/open-project.ts";
import { texts } from "../../texts/texts.ts";
import "./people.css";

/** Faces that are shown before the rest becomes a number. */
const MAX_FACES = 3;
const HUES = 6;

export interface PeopleProps {
	readonly app: App;
	readonly project: OpenProject;
}

/** Others who look at the project now; nothing where there are none. */
export function People({ app, project }: PeopleProps) {
	const { project: words, lang } = texts.value;
	const id = useId();
	const button = useRef<HTMLButtonElement>(null);
	const list = useRef<HTMLDivElement>(null);
	const { u_id: me } = app.session.person.value;
	const people = project.people.value;
	const others = people.filter(({ u_id }) => u_id !== me);
	if (others.length === 0 || project.contact.value.state !== "live") return null;
	const names = new Intl.ListFormat(lang).format(others.map(({ u_name }) => u_name));
	const onToggle = ({ newState }: { readonly newState: string }) => {
		if (newState !== "open" || list.current === null || button.current === null) return;
		placeBelow(list.current, button.current);
	};
	return (
		<>
			<button
				ref={button}
				type="button"
				class="project-people"
				popovertarget={id}
				aria-label={words.people(names)}
				title={words.people(names)}
			>
				{others.slice(0, MAX_FACES).map(({ u_id, u_name }) => (
					<span key={u_id} class={`project-face project-hue-${u_id % HUES}`} aria-hidden="true">
						{[...u_name][0]?.toUpperCase()}
					</span>
				))}
				{others.length > MAX_FACES && (
					<span class="project-face" aria-hidden="true">
						+{others.length - MAX_FACES}
					</span>
				)}
			</button>
			<div ref={list} id={id} popover="auto" class="kit-menu project-list" onToggle={onToggle}>
				<h2>{words.peopleTitle}</h2>
				<ul>
					{people.map(({ u_id, u_name }) => (
						<li key={u_id}>{u_id === me ? words.you(u_name) : u_name}</li>
					))}
				</ul>
			</div>
		</>
	);
}
