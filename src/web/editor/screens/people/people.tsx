import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Button, LinkButton } from "../../kit/button.tsx";
import { Search } from "../../kit/search.tsx";
import { EmptyState, Failed, Spinner } from "../../kit/states.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { texts } from "../../texts/texts.ts";
import { hasWords, queryOf, withQuery } from "../query.ts";
import { useLoaded } from "../use-loaded.ts";
import { AddPersonDialog } from "./add-person-dialog.tsx";
import { ClassDialog } from "./class-dialog.tsx";
import { CodesDialog } from "./codes-dialog.tsx";
import { PasswordSheet } from "./password-sheet.tsx";
import { listPeople } from "./people-server.ts";
import { PeopleTable } from "./people-table.tsx";
import type { NewLogin } from "./sheet.ts";
import "./people.css";

/** Accounts, for teachers and administrators. */
export default function PeopleScreen({ app }: { readonly app: App }) {
	const { people, shell } = texts.value;
	useTitle(shell.people);
	if (app.session.person.value.role !== "student") return <People app={app} />;
	return (
		<EmptyState
			icon="lock"
			title={people.notForStudents}
			action={<LinkButton href="#/">{shell.toProjects}</LinkButton>}
		/>
	);
}

/** Accounts: all of them for administrators, those of students for teachers. */
function People({ app }: { readonly app: App }) {
	const { people, shell } = texts.value;
	const { role } = app.session.person.value;
	const list = useLoaded(() => listPeople(app.ask), { clock: app.clock });
	const [logins, setLogins] = useState<readonly NewLogin[]>();
	const query = queryOf(app);
	const { q = "", task } = query;
	const go = (next?: string) =>
		app.navigation.go({ screen: "people", query: withQuery(query, { task: next }) });
	const search = (text: string) =>
		app.navigation.go({ screen: "people", query: withQuery(query, { q: text }) }, "replace");
	if (logins !== undefined) {
		return <PasswordSheet app={app} logins={logins} onDone={() => setLogins(undefined)} />;
	}
	const onAdded = (added: readonly NewLogin[]) => {
		list.reload();
		go();
		if (added.length > 0) setLogins(added);
	};
	const rows = list.value?.data;
	const isNone = rows?.length === 0;
	const found = rows?.filter((row) => hasWords(`${row.u_name} ${shell.roles[row.role]}`, q)) ?? [];
	const dialogs = { app, onAdded, onClose: () => go() };
	return (
		<>
			<header class="people-head">
				<h1>{shell.people}</h1>
				{!isNone && <Search label={people.find} value={q} onInput={search} />}
				<div class="people-actions">
					{role === "admin" && (
						<Button icon="lock" onClick={() => go("codes")}>
							{people.codes}
						</Button>
					)}
					<Button icon="user" onClick={() => go("add")}>
						{people.add}
					</Button>
					<Button kind="main" icon="people" onClick={() => go("class")}>
						{people.addClass}
					</Button>
				</div>
			</header>
			{role !== "admin" && <p class="people-note">{people.teacherSees}</p>}
			{rows === undefined && list.reason === undefined && <Spinner />}
			{rows === undefined && list.reason !== undefined && (
				<Failed
					reason={list.status === 0 ? shell.unreachableNow : list.reason}
					onRetry={list.reload}
				/>
			)}
			{isNone && <EmptyState icon="people" title={people.emptyTitle} hint={people.emptyHint} />}
			{rows !== undefined && !isNone && found.length === 0 && (
				<EmptyState icon="search" title={people.noneFound} />
			)}
			{found.length > 0 && <PeopleTable app={app} rows={found} onChanged={list.reload} />}
			{task === "add" && <AddPersonDialog {...dialogs} />}
			{task === "class" && <ClassDialog {...dialogs} />}
			{task === "codes" && role === "admin" && <CodesDialog app={app} onClose={() => go()} />}
		</>
	);
}
