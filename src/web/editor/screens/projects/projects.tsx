import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { Search } from "../../kit/search.tsx";
import { EmptyState, Failed, Spinner } from "../../kit/states.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { texts } from "../../texts/texts.ts";
import { hasWords, queryOf, withQuery } from "../query.ts";
import { type Loaded, useLoaded } from "../use-loaded.ts";
import { ImportDialog } from "./import-dialog.tsx";
import { NewProjectDialog } from "./new-project-dialog.tsx";
import { ProjectCard } from "./project-card.tsx";
import { listProjects, type ProjectRow } from "./projects-server.ts";
import { TemplateCards } from "./templates.tsx";
import "./projects.css";

const EVERY_MS = 10_000;
/** With fewer projects there is nothing to search. */
const SEARCHED_FROM = 7;

type List = Loaded<{ readonly projects: readonly ProjectRow[] }>;

/** The reader's projects and those shared with them. */
export default function ProjectsScreen({ app }: { readonly app: App }) {
	const { projects, shell } = texts.value;
	const { clock, session, navigation } = app;
	useTitle(shell.projects);
	const list = useLoaded(() => listProjects(app.ask), { clock, everyMs: EVERY_MS });
	const query = queryOf(app);
	const mayCreate = session.person.value.role !== "student";
	const rows = list.value?.projects ?? [];
	const go = (task: string | undefined) =>
		navigation.go({ screen: "projects", query: withQuery(query, { task }) });
	const { q = "", task } = query;
	const names = rows.map(({ p_name }) => p_name);
	return (
		<>
			<header class="projects-head">
				<h1>{shell.projects}</h1>
				{(rows.length >= SEARCHED_FROM || q !== "") && (
					<Search
						label={projects.find}
						value={q}
						onInput={(text) =>
							navigation.go({ screen: "projects", query: withQuery(query, { q: text }) }, "replace")
						}
					/>
				)}
				{mayCreate && (
					<div class="projects-actions">
						<Button icon="upload" onClick={() => go("import")}>
							{projects.import}
						</Button>
						<Button kind="main" icon="add" onClick={() => go("new")}>
							{projects.create}
						</Button>
					</div>
				)}
			</header>
			<Content app={app} list={list} search={q} />
			{mayCreate && task === "new" && (
				<NewProjectDialog app={app} taken={names} onClose={() => go(undefined)} />
			)}
			{mayCreate && task === "import" && (
				<ImportDialog app={app} taken={names} onClose={() => go(undefined)} />
			)}
		</>
	);
}

interface ContentProps {
	readonly app: App;
	readonly list: List;
	readonly search: string;
}

function Content({ app, list, search }: ContentProps) {
	const { projects, shell } = texts.value;
	const { value, reason, reload, status } = list;
	if (value === undefined) {
		return reason === undefined ? (
			<Spinner />
		) : (
			<Failed reason={status === 0 ? shell.unreachableNow : reason} onRetry={reload} />
		);
	}
	if (value.projects.length === 0) return <Nothing app={app} />;
	const rows = value.projects.filter((row) =>
		hasWords(`${row.p_name} ${row.u_name ?? ""}`, search),
	);
	return (
		<>
			{reason !== undefined && (
				<p class="projects-stale" role="status">
					{projects.stale}
				</p>
			)}
			{rows.length === 0 ? (
				<EmptyState
					icon="search"
					title={projects.noneFound}
					action={
						<Button onClick={() => app.navigation.go({ screen: "projects" }, "replace")}>
							{projects.showAll}
						</Button>
					}
				/>
			) : (
				<ul class={reason === undefined ? "projects-cards" : "projects-cards projects-old"}>
					{rows.map((row) => (
						<ProjectCard
							key={row.p_id}
							app={app}
							row={row}
							taken={value.projects}
							onChanged={reload}
						/>
					))}
				</ul>
			)}
		</>
	);
}

/** No projects yet: what to begin with. */
function Nothing({ app }: { readonly app: App }) {
	const { projects } = texts.value;
	const { role, u_name: name } = app.session.person.value;
	if (role === "student") {
		return (
			<EmptyState icon="share" title={projects.studentTitle} hint={projects.studentHint(name)} />
		);
	}
	return (
		<section class="projects-start">
			<h2>{projects.emptyTitle}</h2>
			<p>{projects.emptyHint}</p>
			<TemplateCards app={app} taken={[]} />
		</section>
	);
}
