import { useComputed } from "@preact/signals";
import type { PhoneApp } from "./app-parts.ts";
import { texts } from "./appearance.ts";
import { partsOf, sorted } from "./features.ts";
import { PartCard } from "./parts/part-card.tsx";
import { PhoneHeader } from "./phone-header.tsx";
import { Shut, shutBy } from "./shut.tsx";

/** The page: what it is, its parts, and what is to be known of it. */
export function Phone({ app }: { app: PhoneApp }) {
	const shut = shutBy(app.device.state.value);
	return (
		<>
			<PhoneHeader app={app} />
			<main>
				{shut === undefined ? <Parts app={app} /> : <Shut app={app} state={shut} />}
				{shut === undefined && app.device.opened.value !== undefined && <About app={app} />}
			</main>
		</>
	);
}

function Parts({ app }: { app: PhoneApp }) {
	const { device } = app;
	const parts = useComputed(() => partsOf(device.opened.value?.features ?? []));
	const { shown, rest } = sorted(parts.value, device.connected.value);
	const isStage = parts.value.every(({ features }) =>
		features.every(({ type }) => type === "output"),
	);
	if (device.opened.value === undefined) return null;
	if (parts.value.length === 0) return <p class="card">{texts.value.noFeatures}</p>;
	const card = (part: (typeof shown)[number]) => (
		<PartCard key={part.features[0]?.name} app={app} part={part} />
	);
	return (
		<>
			<div class={`parts ${isStage ? "is-stage" : ""}`}>{shown.map(card)}</div>
			{rest.length > 0 && (
				<details class="more">
					<summary>{texts.value.more(rest.length)}</summary>
					<div class="parts">{rest.map(card)}</div>
				</details>
			)}
		</>
	);
}

function About({ app }: { app: PhoneApp }) {
	const { device, own, isAwake } = app;
	const words = texts.value;
	const opened = device.opened.value;
	return (
		<details class="more about">
			<summary>{words.thisDevice}</summary>
			<dl>
				<dt>{words.name}</dt>
				<dd>{device.name.value}</dd>
				<dt>{words.id}</dt>
				<dd>{opened?.id}</dd>
			</dl>
			<p>{isAwake.value ? words.awake : words.notAwake}</p>
			{own !== undefined && opened !== undefined && (
				<button type="button" onClick={() => void own.access.leave(opened, device.rev)}>
					{words.leave}
				</button>
			)}
		</details>
	);
}
