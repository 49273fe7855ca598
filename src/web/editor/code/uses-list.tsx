import { hashOf } from "../routes.ts";
import type { FunctionUses } from "./functions-server.ts";
import { codeTexts } from "./words.ts";

/** Whether nothing has the function. */
export function isUnused({ projects, hidden, features, models }: FunctionUses): boolean {
	return projects.length + hidden + features.length + models.length === 0;
}

export function UsesList({ uses }: { readonly uses: FunctionUses }) {
	const words = codeTexts.value;
	if (isUnused(uses)) {
		return (
			<>
				<p>{words.unused}</p>
				<p class="kit-hint">{words.unusedHint}</p>
			</>
		);
	}
	const { projects, hidden, features, models } = uses;
	const joins = projects.flatMap(({ p_id: pId, p_name, joins }) => [
		...joins.map(({ na_id: id, na_name }) => ({
			key: `${pId} ${id}`,
			text: `${p_name} › ${na_name}`,
			href: hashOf({ screen: "project", pId, selection: { kind: "join", id } }),
		})),
		...(joins.length > 0
			? []
			: [{ key: `${pId}`, text: p_name, href: hashOf({ screen: "project", pId }) }]),
	]);
	return (
		<div class="code-uses">
			<UsesGroup title={words.usedByProjects} entries={joins} />
			{hidden > 0 && <p>{words.hidden(hidden)}</p>}
			<UsesGroup
				title={words.usedByFeatures}
				entries={features.map(({ df_id: id, df_name: text }) => ({
					key: `${id}`,
					text,
					href: hashOf({ screen: "models", tab: "features", id }),
				}))}
			/>
			<UsesGroup
				title={words.usedByModels}
				entries={models.map(({ dm_id: id, dm_name: text }) => ({
					key: `${id}`,
					text,
					href: hashOf({ screen: "models", tab: "models", id }),
				}))}
			/>
		</div>
	);
}

interface UsesGroupProps {
	readonly title: string;
	readonly entries: readonly {
		readonly key: string;
		readonly text: string;
		readonly href: string;
	}[];
}

function UsesGroup({ title, entries }: UsesGroupProps) {
	if (entries.length === 0) return null;
	return (
		<section>
			<h3>{title}</h3>
			<ul>
				{entries.map(({ key, text, href }) => (
					<li key={key}>
						<a href={href}>{text}</a>
					</li>
				))}
			</ul>
		</section>
	);
}
