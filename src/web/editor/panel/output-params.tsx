import type { ChangeOf, LinkParam } from "../../../contract/mod.ts";
import { Switch } from "../kit/fields.tsx";
import { texts } from "../texts/texts.ts";
import { NumberField } from "./fields.tsx";
import { FunctionPicker } from "./function-picker.tsx";
import type { LinkPartProps } from "./linked.ts";
import { apply, applyAndSay } from "./panel-context.ts";
import { outputArguments } from "./recent-samples.ts";

type Values = Pick<ChangeOf<"set_link_param">, "fn_id" | "min" | "max" | "normalization">;

/** For each value of an output: its function, and whether and to what range it is scaled. */
export function OutputParams(props: LinkPartProps) {
	return (
		<>
			{props.link.params.map((param, index) => (
				<OutputParam key={index} {...props} param={param} index={index} />
			))}
		</>
	);
}

interface OutputParamProps extends LinkPartProps {
	readonly param: LinkParam;
	readonly index: number;
}

function OutputParam({ panel, join, port, inputs, param, index }: OutputParamProps) {
	const words = texts.value.panel;
	const { na_id } = join;
	const { dfo_id, df_id, df_name } = port;
	const name = `y${index + 1}`;
	const change = (values: Values) =>
		({ kind: "set_link_param", na_id, dfo_id, param_i: index, ...values }) as const;
	const set = (values: Values) => void applyAndSay(panel, [change(values)]);
	return (
		<fieldset class="panel-param" disabled={!panel.canEdit}>
			<legend>{name}</legend>
			<FunctionPicker
				panel={panel}
				label={`${words.port.function} ${name}`}
				value={param.fn_id}
				feature={{ df_id, df_name }}
				wish={{
					stage: "odf",
					parameterNames: outputArguments(
						join,
						inputs.map(({ port }) => port),
					),
					liveSamples: () => panel.recent.ofOutputs(),
				}}
				onChange={(fn_id) => set({ fn_id })}
			/>
			<Switch
				label={words.join.normalizeOf(name)}
				{...(param.normalization && { hint: words.join.normalizeHint })}
				checked={param.normalization}
				onChange={(normalization) => set({ normalization })}
			/>
			{param.normalization && (
				<div class="panel-row">
					<NumberField
						label={`${words.port.min} ${name}`}
						value={param.min}
						onCommit={(min) => apply(panel, change({ min }))}
					/>
					<NumberField
						label={`${words.port.max} ${name}`}
						value={param.max}
						onCommit={(max) => apply(panel, change({ max }))}
					/>
				</div>
			)}
		</fieldset>
	);
}
