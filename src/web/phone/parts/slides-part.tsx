import { useSignal } from "@preact/signals";
import type { PartProps } from "../app-parts.ts";
import { texts } from "../appearance.ts";
import { type Param, rounded, slideOf } from "../features.ts";
import { valuesOf } from "./written-values.ts";

interface SlidesProps {
	readonly name: string;
	readonly params: readonly Param[];
	onMove(values: readonly number[]): void;
}

/** A slider for each value. */
export function Slides({ name, params, onMove }: SlidesProps) {
	const middle = params.map((param) => {
		const { min, max, step } = slideOf(param);
		return min < 0 ? 0 : rounded((min + max) / 2, step);
	});
	const values = useSignal<readonly number[]>(middle);
	return params.map((param, index) => {
		const { min, max, step } = slideOf(param);
		const label = param.name ?? (params.length === 1 ? name : texts.value.value(index + 1));
		return (
			<label key={label} class="slide">
				<span class="slide-name">
					<span class={params.length === 1 ? "only-name" : ""}>{label}</span>
					<output>
						{values.value[index]}
						{param.unit ? ` ${param.unit}` : ""}
					</output>
				</span>
				<input
					type="range"
					{...{ min, max, step }}
					value={values.value[index]}
					onInput={(event) => {
						const to = rounded(Number(event.currentTarget.value), step);
						values.value = values.value.map((value, at) => (at === index ? to : value));
						onMove(values.value);
					}}
				/>
			</label>
		);
	});
}

/** Numbers, by sliders. */
export function SlidesPart({ app, part }: PartProps) {
	const [feature] = part.features;
	if (feature === undefined) return null;
	const { name, params } = feature;
	return <Slides {...{ name, params }} onMove={(values) => app.device.send(name, values)} />;
}

/** Texts, and values that are written as JSON. */
export function FieldsPart({ app, part }: PartProps) {
	const isWrong = useSignal(false);
	const [feature] = part.features;
	if (feature === undefined) return null;
	const { name } = feature;
	const params = feature.params.length > 0 ? feature.params : [ANYTHING];
	const id = `wrong-${name}`;
	return (
		<form
			class="fields"
			onSubmit={(event) => {
				event.preventDefault();
				const written = [...new FormData(event.currentTarget).values()].map(String);
				const values = valuesOf(written, { params });
				isWrong.value = values === undefined;
				if (values !== undefined) app.device.press(name, values);
			}}
		>
			{params.map((param, index) => {
				const label = param.name ?? texts.value.value(index + 1);
				return (
					<label key={label}>
						<span>
							{label} ({param.type})
						</span>
						<input
							name={`${index}`}
							autocomplete="off"
							inputMode={param.type === "int" || param.type === "float" ? "decimal" : "text"}
							aria-invalid={isWrong.value}
							aria-describedby={isWrong.value ? id : undefined}
						/>
					</label>
				);
			})}
			{isWrong.value && (
				<p id={id} class="bad" role="alert">
					{texts.value.noJson}
				</p>
			)}
			<button type="submit">{texts.value.send}</button>
		</form>
	);
}

const ANYTHING: Param = { type: "json", min: 0, max: 0 };
