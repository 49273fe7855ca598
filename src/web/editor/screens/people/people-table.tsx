import { useState } from "preact/hooks";
import type { App, Role } from "../../app-context.ts";
import { ConfirmDialog } from "../../kit/dialog.tsx";
import { Menu, type MenuItem } from "../../kit/menu.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import type { Answer } from "../../server/ask.ts";
import { texts } from "../../texts/texts.ts";
import { PasswordDialog } from "./password-dialog.tsx";
import { deletePerson, type PersonRow, setActive, setRole } from "./people-server.ts";
import { refused } from "./refused.ts";

const ROLES: readonly Role[] = ["admin", "teacher", "student"];

export interface PeopleTableProps {
	readonly app: App;
	readonly rows: readonly PersonRow[];
	readonly onChanged: () => void;
}

interface Asked {
	readonly what: "password" | "delete";
	readonly row: PersonRow;
}

/** Accounts with what an administrator may do to each. */
export function PeopleTable({ app, rows, onChanged }: PeopleTableProps) {
	const { people, shell } = texts.value;
	const [asked, setAsked] = useState<Asked>();
	const me = app.session.person.value;
	const tell = (answer: Answer<unknown>, done: string) => {
		if (answer.ok) app.notices.say(done, "good");
		else app.notices.say(refused(people.notChanged, answer), "bad");
		onChanged();
	};
	const menuOf = (row: PersonRow): readonly MenuItem[] => {
		const { u_id, u_name: name, is_active } = row;
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
			{
				text: people.setPassword,
				icon: "lock",
				run: () => setAsked({ what: "password", row }),
			},
			{
				text: is_active ? people.deactivate : people.activate,
				icon: is_active ? "pause" : "play",
				run: () => void toggle(),
			},
			{
				text: people.delete,
				icon: "trash",
				isDangerous: true,
				run: () => setAsked({ what: "delete", row }),
			},
		];
	};
	const columns: Column<PersonRow>[] = [
		{
			title: people.name,
			cell: ({ u_id, u_name }) => (
				<span title={u_name}>
					{u_name}
					{u_id === me.u_id && <span class="people-you"> {people.you}</span>}
				</span>
			),
		},
		{ title: people.role, cell: ({ role }) => shell.roles[role] },
		{
			title: people.login,
			cell: ({ is_active }) => (
				<span class={is_active ? "people-active" : "people-inactive"}>
					{is_active ? people.active : people.inactive}
				</span>
			),
		},
	];
	if (me.role === "admin") {
		columns.push({
			title: people.actions,
			kind: "actions",
			cell: (row) => <Menu label={people.actionsOf(row.u_name)} items={menuOf(row)} />,
		});
	}
	const close = () => setAsked(undefined);
	return (
		<>
			<Table label={shell.people} columns={columns} rows={rows} keyOf={({ u_id }) => u_id} />
			{asked?.what === "password" && <PasswordDialog app={app} row={asked.row} onClose={close} />}
			{asked?.what === "delete" && (
				<DeleteDialog app={app} row={asked.row} onDone={onChanged} onClose={close} />
			)}
		</>
	);
}

interface DeleteDialogProps {
	readonly app: App;
	readonly row: PersonRow;
	readonly onDone: () => void;
	readonly onClose: () => void;
}

function DeleteDialog({ app, row: { u_id, u_name }, onDone, onClose }: DeleteDialogProps) {
	const { people } = texts.value;
	const remove = async () => {
		const answer = await deletePerson(app.ask, u_id);
		if (!answer.ok) return refused(people.notDeleted, answer);
		app.notices.say(people.deleted(u_name), "good");
		onDone();
		return undefined;
	};
	return (
		<ConfirmDialog
			title={people.deleteTitle(u_name)}
			confirm={people.deleteNow}
			isDangerous
			onConfirm={remove}
			onClose={onClose}
		>
			<p>{people.deleteHint}</p>
		</ConfirmDialog>
	);
}
