import { Icon } from "../../kit/icons.tsx";
import { texts } from "../../texts/texts.ts";
import { hasWords } from "../devices/device-list.ts";
import type { ModelView } from "../models/catalog-view.ts";
import { hrefOf } from "./href.ts";
import type { AddDeviceParts } from "./parts.ts";

/** Models, for blocks whose device comes later. */
export function FindModel({ catalog, query, pId }: AddDeviceParts) {
	const { addDevice } = texts.value;
	const models = catalog.models.filter(({ dm_name, df_list }) =>
		hasWords([dm_name, ...df_list.map(({ df_name }) => df_name)], query.q ?? ""),
	);
	return (
		<section>
			<h2>{addDevice.models}</h2>
			<p class="devices-faint">{addDevice.modelsHint}</p>
			{models.length === 0 ? (
				<p class="devices-faint">{addDevice.noneFits}</p>
			) : (
				<ul class="add-device-list">
					{models.map((model) => (
						<li key={model.dm_id}>
							<ModelCard pId={pId} model={model} />
						</li>
					))}
				</ul>
			)}
		</section>
	);
}

interface ModelCardProps extends Pick<AddDeviceParts, "pId"> {
	readonly model: ModelView;
}

function ModelCard({ pId, model: { dm_id, dm_name, df_list } }: ModelCardProps) {
	const { addDevice } = texts.value;
	const inputs = df_list.filter(({ df_type }) => df_type === "input").length;
	return (
		<a class="add-device-card" href={hrefOf(pId, { model: String(dm_id) })} title={dm_name}>
			<Icon name="model" />
			<span class="add-device-words">
				<strong>{dm_name}</strong>
				<span class="devices-faint">{addDevice.features(inputs, df_list.length - inputs)}</span>
			</span>
		</a>
	);
}
