import { useState } from "preact/hooks";
import { Select } from "../../kit/fields.tsx";
import { Search } from "../../kit/search.tsx";
import { texts } from "../../texts/texts.ts";
import { hasWords } from "../devices/device-list.ts";
import type { CatalogView } from "./catalog-view.ts";
import { type MemberDraft, memberOf } from "./draft.ts";

export interface PickFeaturesProps {
	readonly catalog: CatalogView;
	readonly members: readonly MemberDraft[];
	readonly onChange: (members: readonly MemberDraft[]) => void;
	/** At first. */
	readonly isOpen: boolean;
}

/** All features, to choose those of a model from. */
export function PickFeatures({ catalog, members, onChange, isOpen }: PickFeaturesProps) {
	const { models } = texts.value;
	const [search, setSearch] = useState("");
	const [category, setCategory] = useState("");
	const [open] = useState(isOpen);
	const chosen = new Set(members.map(({ df_id }) => df_id));
	const found = catalog.features.filter(
		({ df_name, df_category, comment }) =>
			(category === "" || df_category === category) &&
			hasWords([df_name, df_category, comment], search),
	);
	const categories = catalog.categories.map((value) => ({
		value,
		text: value === "None" ? models.noCategory : value,
	}));
	return (
		<details class="models-pick" open={open}>
			<summary>{models.addFeatures}</summary>
			<div class="models-row">
				<Search label={models.searchFeatures} value={search} onInput={setSearch} />
				<Select
					label={models.category}
					value={category}
					options={[{ value: "", text: models.allCategories }, ...categories]}
					onChange={setCategory}
				/>
			</div>
			{found.length === 0 && <p class="devices-faint">{models.noneFits}</p>}
			<div class="models-choices">
				{found.map((feature) => (
					<label key={feature.df_id} class="add-device-check">
						<input
							type="checkbox"
							checked={chosen.has(feature.df_id)}
							onChange={({ currentTarget: { checked } }) =>
								onChange(
									checked
										? [...members, memberOf(feature)]
										: members.filter(({ df_id }) => df_id !== feature.df_id),
								)
							}
						/>
						<span>
							{feature.df_name}
							<small>
								{models[feature.df_type]} · {models.values(feature.df_parameter.length)}
							</small>
						</span>
					</label>
				))}
			</div>
		</details>
	);
}
