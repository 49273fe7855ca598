import { Button } from "../../kit/button.tsx";
import { Icon } from "../../kit/icons.tsx";
import type { Contact, OpenProject } from "../../project/open-project.ts";
import { texts } from "../../texts/texts.ts";
import type { Actions } from "./actions.ts";

export interface StripsProps {
	readonly project: OpenProject;
	readonly actions: Pick<Actions, "toggleSimulation">;
	/** Time of day at which contact was lost. */
	readonly lostAt: Date | undefined;
	readonly filter: string;
	readonly onFilter: (text: string) => void;
}

/** What has to be known before anything shown below is believed. */
export function Strips({ project, actions, lostAt, filter, onFilter }: StripsProps) {
	const { project: words } = texts.value;
	const document = project.document.value;
	return (
		<section class="project-strips" aria-label={words.state}>
			<div role="alert">
				<ContactStrip contact={project.contact.value} lostAt={lostAt} />
			</div>
			{project.may.value === "look" && document !== undefined && (
				<p class="project-strip">
					<Icon name="eye" />
					{words.lookOnly}
				</p>
			)}
			{document?.sim === "on" && (
				<p class="project-strip">
					<Icon name="device" />
					<span>{words.simulated}</span>
					{project.may.value !== "look" && (
						<Button kind="quiet" onClick={() => void actions.toggleSimulation()}>
							{words.notSimulated}
						</Button>
					)}
				</p>
			)}
			{filter !== "" && (
				<p class="project-strip">
					<Icon name="filter" />
					<span>{words.filtered(filter)}</span>
					<Button kind="quiet" onClick={() => onFilter("")}>
						{words.filterOff}
					</Button>
				</p>
			)}
		</section>
	);
}

function ContactStrip({
	contact,
	lostAt,
}: { readonly contact: Contact } & Pick<StripsProps, "lostAt">) {
	const { project: words, lang } = texts.value;
	const isLogin = contact.state === "ended" && contact.reason === "login";
	if (contact.state !== "lost" && !isLogin) return null;
	const time = new Intl.DateTimeFormat(lang, { timeStyle: "medium" }).format(lostAt);
	return (
		<p class="project-strip project-strip-bad">
			<Icon name="warning" />
			{isLogin ? words.loginEnded : words.lost(time)}
		</p>
	);
}
