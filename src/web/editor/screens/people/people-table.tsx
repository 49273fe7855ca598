import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { IconButton } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/dialog.tsx";
import { Menu } from "../../kit/menu.tsx";
import { StateDot } from "../../kit/state-dot.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { texts } from "../../texts/texts.ts";
import { PasswordDialog } from "./password-dialog.tsx";
import { deletePerson, type PersonRow } from "./people-server.ts";
import { type Asked, personMenu } from "./person-menu.ts";
import { refused } from "./refused.ts";

export interface PeopleTableProps {
	readonly app: App;
	readonly rows: readonly PersonRow[];
	readonly onChanged: () => void;
}

/** Accounts with what the reader may do to each. */
export function PeopleTable({ app, rows, onChanged }: PeopleTableProps) {
	const { people, shell } = texts.value;
	const [asked, setAsked] = useState<Asked>();
	const me = app.session.person.value;
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
				<StateDot isOn={is_active}>{is_active ? people.active : people.inactive}</StateDot>
			),
		},
	];
	const menu = { app, onChanged, open: setAsked };
	columns.push({
		title: people.actions,
		kind: "actions",
		cell: (row) =>
			me.role === "admin" ? (
				<Menu label={people.actionsOf(row.u_name)} items={personMenu(row, menu)} />
			) : (
				row.is_active && (
					<IconButton
						icon="lock"
						label={people.setPasswordTitle(row.u_name)}
						onClick={() => setAsked({ what: "password", row })}
					/>
				)
			),
	});
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
