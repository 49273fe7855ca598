import { LinkButton } from "../kit/button.tsx";
import { EmptyState } from "../kit/states.tsx";
import { texts } from "../texts/texts.ts";

/** For a person that has the address of a page, but not the right to see it. */
export function AdminsOnly() {
	const { allProjects, shell } = texts.value;
	return (
		<EmptyState
			icon="lock"
			title={allProjects.adminsOnly}
			hint={allProjects.adminsOnlyHint}
			action={<LinkButton href="#/">{shell.toProjects}</LinkButton>}
		/>
	);
}
