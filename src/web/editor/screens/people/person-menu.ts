import type { App, Role } from "../../app-context.ts";
import type { MenuItem } from "../../kit/menu.tsx";
import type { Answer } from "../../server/ask.ts";
import { texts } from "../../texts/texts.ts";
import { type PersonRow, setActive, setRole } from "./people-server.ts";
import { refused } from "./refused.ts";

const ROLES: readonly Role[] = ["admin", "teacher", "student"];

/** What a dialog is opened for. */
export interface Asked {
	readonly what: "password" | "delete";
	readonly row: PersonRow;
}

export interface PersonMenuOptions {
	readonly app: App;
	readonly onChanged: () => void;
	readonly open: (asked: Asked) => void;
}

/** What an administrator may do to an account. */
export function personMenu(row: PersonRow, options: PersonMenuOptions): readonly MenuItem[] {
	const { app, onChanged, open } = options;
	const { people, shell } = texts.value;
	const { u_id, u_name: name, is_active } = row;
	const tell = (answer: Answer<unknown>, done: string) => {
		if (answer.ok) app.notices.say(done, "good");
		else app.notices.say(refused(people.notChanged, answer), "bad");
		onChanged();
	};
	const toggle = async () =>
		tell(
			await setActive(app.ask, u_id, !is_active),
			is_active ? people.deactivated(name) : people.activated(name),
		);
	const become = async (role: Role) =>
		tell(await setRole(app.ask, u_id, role), people.roleChanged(name, shell.roles[role]));
	return [
		...ROLES.map((role) => ({
			text: shell.roles[role],
			checked: row.role === role,
			run: () => void (row.role === role || become(role)),
		})),
		"line",
		{ text: people.setPassword, icon: "lock", run: () => open({ what: "password", row }) },
		{
			text: is_active ? people.deactivate : people.activate,
			icon: is_active ? "pause" : "play",
			run: () => void toggle(),
		},
		{
			text: people.delete,
			icon: "trash",
			isDangerous: true,
			run: () => open({ what: "delete", row }),
		},
	];
}
