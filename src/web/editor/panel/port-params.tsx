import type { ChangeOf, Join, LinkParam, Port } from "../../../contract/mod.ts";
import { texts } from "../texts/texts.ts";
import { NumberField } from "./fields.tsx";
import { FunctionPicker } from "./function-picker.tsx";
import { linkedOf } from "./linked.ts";
import { apply, applyAndSay, type FunctionContext } from "./panel-context.ts";
import { names, outputArguments } from "./recent-samples.ts";
import { useAnswer } from "./use-answer.ts";

/** A parameter, as REST v0 gives it: the model's values. */
export interface ParamRow extends LinkParam {
	readonly param_i: number;
	readonly param_type: string;
	readonly unit_id: number;
}

type Values = Pick<ChangeOf<"set_link_param">, "fn_id" | "min" | "max">;

interface PortParamsProps {
	readonly panel: FunctionContext;
	readonly port: Port;
	/** Those it is linked with. */
	readonly joins: readonly Join[];
	readonly rows: readonly ParamRow[];
}

/** Type, unit, function and range of each value; they are the links' own, so a change is one of every join. */
export function PortParams(props: PortParamsProps) {
	const { panel, port, joins, rows } = props;
	const words = texts.value.panel.port;
	const { body } = useAnswer<{
		readonly unit_list: readonly { readonly unit_id: number; readonly unit_name: string }[];
	}>(panel.app.ask, "api/v0/unit");
	const unitOf = (id: number) =>
		// The first one is "None".
		id === 1 ? undefined : body?.unit_list.find(({ unit_id }) => unit_id === id)?.unit_name;
	return (
		<>
			{joins.length === 0 && <p class="kit-hint">{words.unlinked}</p>}
			{joins.length > 1 && <p class="kit-hint">{words.several(joins.length)}</p>}
			{rows.map((row) => (
				<PortParam key={row.param_i} {...props} row={row} unit={unitOf(row.unit_id)} />
			))}
			<p class="kit-hint">
				{port.df_type === "input" ? words.simulationRange : words.scalingRange}
			</p>
		</>
	);
}

interface PortParamProps extends PortParamsProps {
	readonly row: ParamRow;
	readonly unit: string | undefined;
}

function PortParam(props: PortParamProps) {
	const { panel, port, joins, row, unit } = props;
	const words = texts.value.panel.port;
	const { dfo_id, df_type } = port;
	const isInput = df_type === "input";
	const label = `${isInput ? "x" : "y"}${row.param_i + 1}`;
	const of = (join: Join) =>
		join.links.find((link) => link.dfo_id === dfo_id)?.params[row.param_i] ?? row;
	const change = (values: Values) =>
		joins.map(({ na_id }) => ({
			...{ kind: "set_link_param" as const, na_id, dfo_id, param_i: row.param_i },
			...values,
		}));
	const same = <K extends keyof LinkParam>(key: K): LinkParam[K] | undefined => {
		const values = new Set(joins.length === 0 ? [row[key]] : joins.map((join) => of(join)[key]));
		return values.size === 1 ? [...values][0] : undefined;
	};
	const range = (key: "min" | "max") => (
		<NumberField
			label={`${words[key]} ${label}${unit === undefined ? "" : ` (${unit})`}`}
			value={same(key) ?? Number.NaN}
			integer={row.param_type === "int"}
			placeholder={words.differs}
			onCommit={(value) => apply(panel, ...change({ [key]: value }))}
		/>
	);
	return (
		<fieldset class="panel-param" disabled={!panel.canEdit || joins.length === 0}>
			<legend>
				{label}{" "}
				<small>
					{words.types[row.param_type as keyof typeof words.types] ?? row.param_type}
					{unit !== undefined && ` · ${unit}`}
				</small>
			</legend>
			<ParamFunction
				{...props}
				label={`${words.function}${isInput ? "" : ` ${label}`}`}
				value={same("fn_id")}
				onChange={(fn_id) => void applyAndSay(panel, change({ fn_id }))}
			/>
			<div class="panel-row">
				{range("min")}
				{range("max")}
			</div>
		</fieldset>
	);
}

interface ParamFunctionProps extends PortParamProps {
	readonly label: string;
	/** Undefined: another one in each join. */
	readonly value: number | null | undefined;
	readonly onChange: (fnId: number | null) => void;
}

function ParamFunction({ panel, port, joins, row, label, value, onChange }: ParamFunctionProps) {
	const { dfo_id, df_id, df_name, df_type, param_no } = port;
	const isInput = df_type === "input";
	const [join] = joins;
	// Of an input one function makes one value of all.
	if (join === undefined || (isInput && row.param_i > 0)) return null;
	const { inputs } = linkedOf(panel.project.document.value, join);
	const wish = isInput
		? {
				stage: "idf" as const,
				parameterNames: names("x", param_no),
				liveSamples: () => panel.recent.ofInput(dfo_id),
			}
		: {
				stage: "odf" as const,
				parameterNames: outputArguments(
					join,
					inputs.map(({ port }) => port),
				),
				liveSamples: () => panel.recent.ofOutputs(),
			};
	return (
		<FunctionPicker
			{...{ panel, label, wish, onChange }}
			hint={value === undefined ? texts.value.panel.port.differs : undefined}
			value={value ?? null}
			feature={{ df_id, df_name }}
		/>
	);
}
