import type { IdfType } from "../../../contract/mod.ts";
import { Select } from "../kit/fields.tsx";
import { texts } from "../texts/texts.ts";
import { FunctionPicker } from "./function-picker.tsx";
import type { LinkPartProps } from "./linked.ts";
import { applyAndSay } from "./panel-context.ts";
import { names } from "./recent-samples.ts";

/** What of each value an input takes, and its function. */
export function InputParams({ panel, join, link, port }: LinkPartProps) {
	const words = texts.value.panel;
	const { na_id } = join;
	const { dfo_id, df_id, df_name } = port;
	const set = (param_i: number, values: { idf_type?: IdfType; fn_id?: number | null }) =>
		void applyAndSay(panel, [{ kind: "set_link_param", na_id, dfo_id, param_i, ...values }]);
	const [first] = link.params;
	const variants = link.params.flatMap(({ idf_type }, index) =>
		idf_type === "variant" ? [`x${index + 1}`] : [],
	);
	const hasVariant = variants.length > 0;
	return (
		<>
			{first !== undefined && (
				<FunctionPicker
					panel={panel}
					label={words.port.function}
					value={first.fn_id}
					feature={{ df_id, df_name }}
					wish={{
						stage: "idf",
						parameterNames: names("x", port.param_no),
						liveSamples: () => panel.recent.ofInput(dfo_id),
					}}
					onChange={(fn_id) => set(0, { fn_id })}
				/>
			)}
			<details class="panel-more" open={hasVariant}>
				<summary>
					{hasVariant ? words.join.changesOf(variants.join(", ")) : words.join.valuesAsTheyAre}
				</summary>
				<div class="panel-row">
					{link.params.map(({ idf_type }, index) => (
						<Select
							key={index}
							label={words.join.idfType(`x${index + 1}`)}
							value={idf_type}
							options={[
								{ value: "sample", text: words.join.sample },
								{ value: "variant", text: words.join.variant },
							]}
							disabled={!panel.canEdit}
							onChange={(value) =>
								set(index, { idf_type: value === "variant" ? "variant" : "sample" })
							}
						/>
					))}
				</div>
				<p class="kit-hint">{words.join.variantHint}</p>
			</details>
		</>
	);
}
