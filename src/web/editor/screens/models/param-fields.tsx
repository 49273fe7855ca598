import type { FeatureType, IdfType } from "../../../../contract/mod.ts";
import { Field, Select, Switch } from "../../kit/fields.tsx";
import { texts } from "../../texts/texts.ts";
import type { CatalogView } from "./catalog-view.ts";
import { limitProblems, type ParamDraft } from "./param-draft.ts";

export interface ParamFieldsProps {
	readonly catalog: CatalogView;
	readonly type: FeatureType;
	readonly params: readonly ParamDraft[];
	readonly onChange: (params: readonly ParamDraft[]) => void;
	readonly disabled: boolean;
	/** Asks for the name of a new unit. @returns its id; undefined: there is none. */
	readonly onNewUnit: () => Promise<number | undefined>;
}

const NEW_UNIT = "new";

/** The parameters of a feature, by itself or in a model. */
export function ParamFields(props: ParamFieldsProps) {
	const { params, onChange, type } = props;
	const nameOf = (index: number) => `${type === "input" ? "x" : "y"}${index + 1}`;
	return (
		<div class="models-params">
			{params.map((param, index) => (
				<ParamSet
					key={nameOf(index)}
					{...props}
					param={param}
					name={nameOf(index)}
					change={(changed) =>
						onChange(params.map((one, at) => (at === index ? { ...one, ...changed } : one)))
					}
				/>
			))}
		</div>
	);
}

interface ParamSetProps extends Omit<ParamFieldsProps, "params" | "onChange"> {
	readonly param: ParamDraft;
	readonly name: string;
	readonly change: (changed: Partial<ParamDraft>) => void;
}

function ParamSet({ catalog, type, param, name, change, disabled, onNewUnit }: ParamSetProps) {
	const { models } = texts.value;
	const wrong = limitProblems(param);
	const chooseUnit = async (value: string) => {
		const unit_id = value === NEW_UNIT ? await onNewUnit() : Number(value);
		if (unit_id !== undefined) change({ unit_id });
	};
	const units = catalog.units.map(({ unit_id, unit_name }) => ({
		value: String(unit_id),
		text: unit_name === "None" ? models.noUnit : unit_name,
	}));
	return (
		<fieldset disabled={disabled}>
			<legend>{models.param(name)}</legend>
			<Select
				label={models.paramType}
				value={param.param_type}
				options={catalog.types.map((value) => ({ value, text: models.types[value] ?? value }))}
				onChange={(param_type) => change({ param_type })}
			/>
			<Field
				label={models.min}
				inputMode="decimal"
				value={param.min}
				error={wrong.min && models.limits[wrong.min]}
				onInput={(min) => change({ min })}
			/>
			<Field
				label={models.max}
				inputMode="decimal"
				value={param.max}
				error={wrong.max && models.limits[wrong.max]}
				onInput={(max) => change({ max })}
			/>
			<Select
				label={models.unit}
				value={String(param.unit_id)}
				options={disabled ? units : [...units, { value: NEW_UNIT, text: models.newUnit }]}
				onChange={(value) => void chooseUnit(value)}
			/>
			{type === "input" ? (
				<Select
					label={models.idfType}
					value={param.idf_type}
					options={(["sample", "variant"] as const).map((value) => ({
						value,
						text: models[value],
					}))}
					onChange={(value) => change({ idf_type: value as IdfType })}
				/>
			) : (
				<Switch
					label={models.normalization}
					checked={param.normalization}
					onChange={(normalization) => change({ normalization })}
				/>
			)}
		</fieldset>
	);
}
