import { Button } from "../../kit/button.tsx";
import { Select } from "../../kit/fields.tsx";
import { texts } from "../../texts/texts.ts";
import type { CatalogView, FeatureView } from "./catalog-view.ts";
import type { MemberDraft } from "./draft.ts";
import { ParamFields, type ParamFieldsProps } from "./param-fields.tsx";

export interface MembersProps extends Pick<ParamFieldsProps, "disabled" | "onNewUnit"> {
	readonly catalog: CatalogView;
	readonly members: readonly MemberDraft[];
	readonly onChange: (members: readonly MemberDraft[]) => void;
}

const NO_TAG = "0";

/** The features of a model; each opens to its values and its tag. */
export function Members({ catalog, members, onChange, ...rest }: MembersProps) {
	const features = new Map(catalog.features.map((feature) => [feature.df_id, feature]));
	return (
		<div class="models-members">
			{members.map((member) => {
				const feature = features.get(member.df_id);
				if (feature === undefined) return null;
				return (
					<Member
						key={member.df_id}
						{...rest}
						{...{ catalog, member, feature }}
						change={(changed) =>
							onChange(members.map((one) => (one === member ? { ...member, ...changed } : one)))
						}
						remove={() => onChange(members.filter((one) => one !== member))}
					/>
				);
			})}
		</div>
	);
}

interface MemberProps extends Omit<MembersProps, "members" | "onChange"> {
	readonly member: MemberDraft;
	readonly feature: FeatureView;
	readonly change: (changed: Partial<MemberDraft>) => void;
	readonly remove: () => void;
}

function Member(props: MemberProps) {
	const { catalog, member, feature, change, remove, disabled, onNewUnit } = props;
	const { models } = texts.value;
	const { df_name, df_type } = feature;
	const names = catalog.tags
		.filter(({ tag_id }) => member.tag_ids.includes(tag_id))
		.map(({ tag_name }) => tag_name);
	const tags = catalog.tags.map(({ tag_id, tag_name }) => ({
		value: String(tag_id),
		text: tag_name,
	}));
	// Programs may have given it several tags; choosing one here takes the place of all.
	const several = member.tag_ids.length > 1 ? [{ value: "", text: names.join(", ") }] : [];
	return (
		<details class={`models-member models-${df_type}`}>
			<summary>
				<span class="models-member-name" title={df_name}>
					{df_name}
				</span>
				<span class="devices-faint">
					{models[df_type]} · {models.values(member.params.length)}
					{names.length > 0 && ` · ${names.join(", ")}`}
				</span>
			</summary>
			<ParamFields
				{...{ catalog, disabled, onNewUnit }}
				type={df_type}
				params={member.params}
				onChange={(params) => change({ params })}
			/>
			<div class="models-row">
				<Select
					label={models.tag}
					disabled={disabled}
					value={several.length > 0 ? "" : String(member.tag_ids[0] ?? NO_TAG)}
					options={[...several, { value: NO_TAG, text: models.noTag }, ...tags]}
					onChange={(value) => change({ tag_ids: value === NO_TAG ? [] : [Number(value)] })}
				/>
				{!disabled && (
					<Button icon="close" aria-label={models.removeThis(df_name)} onClick={remove}>
						{models.remove}
					</Button>
				)}
			</div>
		</details>
	);
}
