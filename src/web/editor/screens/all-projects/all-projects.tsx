import type { App } from "../../app-context.ts";
import { Search } from "../../kit/search.tsx";
import { Tabs } from "../../kit/tabs.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { texts } from "../../texts/texts.ts";
import { AdminsOnly } from "../admins-only.tsx";
import { queryOf, withQuery } from "../query.ts";
import { DeviceList } from "./device-list.tsx";
import { ProjectList } from "./project-list.tsx";
import "./all-projects.css";

/** Projects and devices of everyone, for administrators. */
export default function AllProjectsScreen({ app }: { readonly app: App }) {
	useTitle(texts.value.shell.allProjects);
	if (app.session.person.value.role !== "admin") return <AdminsOnly />;
	return <Everything app={app} />;
}

function Everything({ app }: { readonly app: App }) {
	const { allProjects, shell } = texts.value;
	const query = queryOf(app);
	const { q = "" } = query;
	const tab = query.tab === "devices" ? "devices" : "projects";
	const go = (changes: Readonly<Record<string, string | undefined>>) =>
		app.navigation.go({ screen: "all-projects", query: withQuery(query, changes) }, "replace");
	return (
		<>
			<header class="all-head">
				<h1>{shell.allProjects}</h1>
				<Search label={allProjects.find} value={q} onInput={(text) => go({ q: text })} />
			</header>
			<Tabs
				label={shell.allProjects}
				tabs={[
					{ id: "projects", text: allProjects.allProjects },
					{ id: "devices", text: allProjects.allDevices },
				]}
				current={tab}
				onChange={(id) => go({ tab: id === "devices" ? id : undefined, q: undefined })}
			>
				{tab === "devices" ? (
					<DeviceList app={app} search={q} />
				) : (
					<ProjectList app={app} search={q} />
				)}
			</Tabs>
		</>
	);
}
