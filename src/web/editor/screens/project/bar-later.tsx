import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { Menu } from "../../kit/menu.tsx";
import type { OpenProject } from "../../project/open-project.ts";
import { texts } from "../../texts/texts.ts";
import type { Actions } from "./actions.ts";
import { commandsOf, type DialogName, menuOf } from "./commands.ts";
import { invitedNow } from "./invited-now.ts";

export interface BarMenuProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly actions: Actions;
	readonly isWide: boolean;
	readonly open: (dialog: DialogName) => void;
}

/** What the bar has no room for. */
export function BarMenu({ isWide, ...deps }: BarMenuProps) {
	return <Menu label={texts.value.project.more} items={menuOf(commandsOf(deps), isWide)} />;
}

export type BarInviteProps = Pick<BarMenuProps, "project" | "open">;

/** Opens the invitation of phones; while there is one, with how many have come. */
export function BarInvite({ project, open }: BarInviteProps) {
	const { invite } = texts.value.project;
	const { joined } = texts.value.projectLater.commands;
	const now = invitedNow(project.invitations.value);
	return (
		<Button
			icon="device"
			aria-label={now === undefined ? invite : `${invite}, ${joined(now.taken, now.seats)}`}
			onClick={() => open("invite")}
		>
			<span>{invite}</span>
			{now !== undefined && (
				<span class="project-joined">
					{now.taken}/{now.seats}
				</span>
			)}
		</Button>
	);
}
