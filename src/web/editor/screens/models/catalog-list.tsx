import { Button } from "../../kit/button.tsx";
import { Search } from "../../kit/search.tsx";
import { EmptyState } from "../../kit/states.tsx";
import { hashOf, type Place, type Query } from "../../routes.ts";
import { texts } from "../../texts/texts.ts";
import { hasWords } from "../devices/device-list.ts";
import type { CatalogView } from "./catalog-view.ts";
import type { CatalogParts } from "./parts.ts";

export interface CatalogListProps extends CatalogParts {
	readonly tab: "models" | "features";
	readonly id: number | undefined;
	readonly query: Query;
}

interface Row {
	readonly id: number;
	readonly name: string;
	readonly about: string;
	readonly kind: string;
	/** What is searched. */
	readonly words: readonly string[];
}

/** All models, or all features, as links. */
export function CatalogList(props: CatalogListProps) {
	const { app, catalog, tab, id, query, mayMake } = props;
	const { models } = texts.value;
	const search = query.q ?? "";
	const all = tab === "models" ? modelRows(catalog) : featureRows(catalog);
	const rows = all.filter(({ words }) => hasWords(words, search));
	const at = (place: { readonly id?: number; readonly query?: Query }): Place => ({
		...{ screen: "models", tab },
		...place,
	});
	const isOpen = id !== undefined || query.new !== undefined;
	const kept = search === "" ? {} : { q: search };
	const make = () => app.navigation.go(at({ query: { ...kept, new: "1" } }));
	const newWord = tab === "models" ? models.newModel : models.newFeature;
	return (
		<nav class="models-list" aria-label={models.tabs[tab]}>
			<div class="models-find">
				<Search
					label={tab === "models" ? models.searchModels : models.searchFeatures}
					value={search}
					onInput={(q) => {
						const { q: _, ...others } = query;
						const next = q === "" ? others : { ...others, q };
						const here = id === undefined ? at({ query: next }) : at({ id, query: next });
						app.navigation.go(here, "replace");
					}}
				/>
				{mayMake && (
					<Button kind={isOpen ? "plain" : "main"} icon="add" onClick={make}>
						{newWord}
					</Button>
				)}
			</div>
			{rows.length === 0 && search !== "" && <p class="devices-faint">{models.noneFits}</p>}
			{all.length === 0 && (
				<EmptyState
					title={tab === "models" ? models.noModels : models.noFeatures}
					hint={tab === "models" ? models.noModelsHint : models.noFeaturesHint}
				/>
			)}
			<ul>
				{rows.map((row) => (
					<li key={row.id} class="models-item">
						<a
							class={`models-link ${row.kind}`}
							href={hashOf(at({ id: row.id, query: kept }))}
							aria-current={row.id === id ? "true" : undefined}
							title={row.name}
						>
							<span>{row.name}</span>
							<small>{row.about}</small>
						</a>
					</li>
				))}
			</ul>
		</nav>
	);
}

function modelRows({ models: all }: CatalogView): Row[] {
	const { models } = texts.value;
	return all.map(({ dm_id, dm_name, df_list }) => {
		const inputs = df_list.filter(({ df_type }) => df_type === "input").length;
		const outputs = df_list.length - inputs;
		const about = [
			...(inputs > 0 ? [models.inputs(inputs)] : []),
			...(outputs > 0 ? [models.outputs(outputs)] : []),
		].join(" · ");
		const words = [dm_name, ...df_list.map(({ df_name }) => df_name)];
		return { id: dm_id, name: dm_name, about, kind: "models-model", words };
	});
}

function featureRows({ features }: CatalogView): Row[] {
	const { models } = texts.value;
	return features.map(({ df_id, df_name, df_type, df_category, comment, df_parameter }) => ({
		...{ id: df_id, name: df_name, kind: `models-${df_type}` },
		about: `${models[df_type]} · ${models.values(df_parameter.length)}`,
		words: [df_name, df_category, comment],
	}));
}
