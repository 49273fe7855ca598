import type { App } from "../../app-context.ts";
import { LinkButton } from "../../kit/button.tsx";
import { EmptyState, Failed, Spinner } from "../../kit/states.tsx";
import { Tabs } from "../../kit/tabs.tsx";
import { useTitle } from "../../kit/use-title.ts";
import type { ModelsTab } from "../../routes.ts";
import { texts } from "../../texts/texts.ts";
import { CatalogList } from "./catalog-list.tsx";
import { FeatureEditor } from "./feature-editor.tsx";
import { Lists } from "./lists.tsx";
import { ModelEditor } from "./model-editor.tsx";
import type { CatalogParts } from "./parts.ts";
import { useCatalog } from "./use-catalog.ts";
import "../devices/devices.css";
import "../add-device/add-device.css";
import "./models.css";

export interface ModelsProps {
	readonly app: App;
	readonly tab: ModelsTab;
	readonly id?: number | undefined;
}

const TABS: readonly ModelsTab[] = ["models", "features", "lists"];

/** Models and features, units and tags: what devices can be. */
export default function Models({ app, tab, id }: ModelsProps) {
	const { models } = texts.value;
	useTitle(models.title);
	const { catalog, reason, load } = useCatalog(app);
	// What the server lets students do with it (`who` of its operations).
	const mayMake = app.session.person.value.role !== "student";
	return (
		<div class="models">
			<h1>{models.title}</h1>
			<Tabs
				label={models.tabsLabel}
				tabs={TABS.map((one) => ({ id: one, text: models.tabs[one] }))}
				current={tab}
				onChange={(next) => app.navigation.go({ screen: "models", tab: next })}
			>
				{catalog === undefined ? (
					reason === undefined ? (
						<Spinner />
					) : (
						<Failed reason={reason} onRetry={() => void load()} />
					)
				) : tab === "lists" ? (
					<Lists {...{ app, catalog, load, mayMake }} />
				) : (
					<Panes {...{ app, catalog, load, mayMake, tab, id }} />
				)}
			</Tabs>
		</div>
	);
}

interface PanesProps extends CatalogParts {
	readonly tab: "models" | "features";
	readonly id: number | undefined;
}

/** The list beside what is chosen in it; on a narrow screen one of them. */
function Panes(props: PanesProps) {
	const { app, tab, id } = props;
	const { value: place } = app.navigation.place;
	const query = place.screen === "models" ? (place.query ?? {}) : {};
	const isNew = query.new === "1" && props.mayMake;
	const isOpen = isNew || id !== undefined;
	return (
		<div class={isOpen ? "models-panes models-open" : "models-panes"}>
			<CatalogList {...props} query={query} />
			<div class="models-detail">
				{tab === "models" ? (
					<ModelPane key={`${id} ${query.of}`} {...props} isNew={isNew} of={Number(query.of)} />
				) : (
					<FeaturePane key={`${id} ${query.of}`} {...props} isNew={isNew} of={Number(query.of)} />
				)}
			</div>
		</div>
	);
}

interface PaneProps extends PanesProps {
	readonly isNew: boolean;
	/** What a new one is a copy of. */
	readonly of: number;
}

function ModelPane({ id, isNew, of, tab, ...parts }: PaneProps) {
	const { models } = texts.value;
	const find = (dmId: number | undefined) =>
		parts.catalog.models.find(({ dm_id }) => dm_id === dmId);
	if (isNew) return <ModelEditor {...parts} of={find(of)} />;
	if (id === undefined) {
		return <EmptyState icon="model" title={models.pickModel} hint={models.pickModelHint} />;
	}
	const model = find(id);
	return model === undefined ? <Gone tab={tab} /> : <ModelEditor {...parts} model={model} />;
}

function FeaturePane({ id, isNew, of, tab, ...parts }: PaneProps) {
	const { models } = texts.value;
	const find = (dfId: number | undefined) =>
		parts.catalog.features.find(({ df_id }) => df_id === dfId);
	if (isNew) return <FeatureEditor {...parts} of={find(of)} />;
	if (id === undefined) {
		return <EmptyState icon="model" title={models.pickFeature} hint={models.pickFeatureHint} />;
	}
	const feature = find(id);
	return feature === undefined ? (
		<Gone tab={tab} />
	) : (
		<FeatureEditor {...parts} feature={feature} />
	);
}

function Gone({ tab }: Pick<PanesProps, "tab">) {
	const { models } = texts.value;
	return (
		<EmptyState
			title={models.gone}
			hint={models.goneHint}
			action={
				<LinkButton href={tab === "models" ? "#/m" : "#/m/features"}>{models.back}</LinkButton>
			}
		/>
	);
}
